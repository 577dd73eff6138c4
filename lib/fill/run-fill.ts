import { decryptCredentials } from '@/lib/credentials';
import type { ClaimedConnection, FillRecord, WorkScope } from '@/lib/db/fill';
import { fillPasses } from '@/lib/domain/fill-plan';
import { DEFAULT_RULES, type JudgingRules } from '@/lib/domain/judge';
import { calendarAround, latestClosedSession } from '@/lib/domain/market-calendar';
import type { RunStatus, RunTrigger } from '@/lib/domain/run';
import { addDays, type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { type Log, logWith } from '@/lib/log';
import type { PortfolioProvider, ProviderId } from '@/lib/providers/provider';
import type { RefreshLedger } from './context';
import { fillConnection } from './fill-connection';
import type { FillStore } from './fill-store';
import { createRateLearner, type RateStore } from './learn-rates';
import type { GateCount } from './request-gate';
import { lookTwice, type MarkSecondLooks } from './second-look';
import { createTally, type RunCounts, type Tally } from './tally';

/** Minutes after a close until its trading day is due: brokers need a moment to settle. */
export const SETTLE_MINUTES = 30;

/** Far longer than any connection takes, and short enough that a killed worker's connections are soon free again. */
const LEASE_SECONDS = 120;

export interface FillDependencies {
  readonly store: FillStore;
  readonly rates: RateStore;
  readonly providers: Readonly<Partial<Record<ProviderId, PortfolioProvider>>>;
  /** The product's own rules when left out. */
  readonly rules?: JudgingRules;
  /** Left out where the operator does not pay for refreshes. */
  readonly refresh?: RefreshLedger;
  /** Left out where the operator wants no second look at captured days. */
  readonly markSecondLooks?: MarkSecondLooks;
  readonly credentialsKey: string;
  readonly gateCount: GateCount;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly newId: () => string;
  readonly log: Log;
}

export interface FillRequest {
  readonly trigger: RunTrigger;
  /** The request that caused the run; left out for work that follows a page. */
  readonly requestId?: string;
  /** One user's connections, or with null everybody's. */
  readonly userId: string | null;
  /** Whether somebody waits for the answer, so that planned waiting times do not hold the work back. */
  readonly asked: boolean;
  /** How far back gaps are looked for, in calendar days; null for recent ones first and then all within reach. */
  readonly lookBackDays: number | null;
  readonly concurrency: number;
  /** No connection is claimed after this instant. */
  readonly stopAt: Date;
}

/** What a run did: the same object in the response, the log line, the run table and the page. */
export type RunResult = {
  readonly runId: string;
  readonly trigger: RunTrigger;
  readonly status: RunStatus;
  readonly tradingDay: TradingDate;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  readonly counts: Readonly<RunCounts>;
  /** How many account days stayed missing, by reason; with `rate_missing`, how many exchange rates of the trading day. */
  readonly reasons: Readonly<Record<string, number>>;
};

/** The provider look-back that older gaps are filled within, in days. */
export const REACH_DAYS = 365;

/**
 * Fills whatever is missing: recent gaps of every due connection first, then older ones while there is time. Can run any
 * number of times and at once: connections are leased, and what is recorded twice is recorded once.
 */
export async function runFill(request: FillRequest, given: FillDependencies): Promise<RunResult> {
  const { store, clock } = given;
  const startedAt = clock();
  const latestDue = latestClosedSession(startedAt, SETTLE_MINUTES);
  const runId = given.newId();
  const requestId = request.requestId ?? null;
  const log = logWith(given.log, { runId, requestId });
  const dependencies = { ...given, log };
  const tally = createTally();
  const abandoned = await store.openRun(
    {
      id: runId,
      trigger: request.trigger,
      tradingDay: latestDue.date,
      requestedBy: request.userId,
      requestId,
    },
    startedAt,
  );
  log('info', 'run_started', { trigger: request.trigger, tradingDay: latestDue.date });
  if (abandoned > 0) log('warn', 'runs_abandoned', { runs: abandoned });

  const rates = createRateLearner(latestDue, runId, dependencies, tally);
  let status: RunStatus = 'complete';
  try {
    // Whoever fills for everybody sees to it that the database knows what the exchange has announced.
    if (request.userId === null) {
      const days = await store.syncTradingDays(calendarAround(startedAt), startedAt);
      if (days > 0) log('warn', 'calendar_changed', { days });
    }
    // Before the fills, so that no day is told at an older rate first.
    await rates.learn();
    const { markSecondLooks } = dependencies;
    if (markSecondLooks !== undefined) await lookTwice(request.userId, latestDue, markSecondLooks, clock());
    const passes = passesOf(request, latestDue.date);
    for (const from of passes) {
      const scope = { userId: request.userId, from, to: latestDue.date, asked: request.asked };
      tally.counts.published += await store.publishMissing(scope, clock());
      await store.markDue(scope, clock());
      // A pass decides whose turn it is. Whose turn it is gets all of their gaps filled, for the same requests.
      const wholeScope = { ...scope, from: passes.at(-1) ?? from };
      if (!(await fillScope(wholeScope, runId, request, dependencies, tally))) {
        status = 'continues';
        break;
      }
    }
    // Again for the currencies of accounts that came into view.
    await rates.learn();
    rates.countMissing();
  } catch (error) {
    status = 'failed';
    log('error', 'run_failed', { message: messageOf(error) });
    throw error;
  } finally {
    tally.counts.requests = dependencies.gateCount.requests;
    tally.counts.waitedMs = dependencies.gateCount.waitedMs;
    await store.finishRun({ id: runId, status, counts: tally.counts, reasons: tally.reasons }, clock());
  }

  const result: RunResult = {
    runId,
    trigger: request.trigger,
    status,
    tradingDay: latestDue.date,
    startedAt: toInstant(startedAt),
    finishedAt: toInstant(clock()),
    counts: tally.counts,
    reasons: tally.reasons,
  };
  log('info', 'run_finished', result);
  return result;
}

function passesOf(request: FillRequest, latestDue: TradingDate): readonly TradingDate[] {
  if (request.lookBackDays !== null) return [addDays(latestDue, -request.lookBackDays)];
  return fillPasses(latestDue, addDays(latestDue, -REACH_DAYS));
}

/** Fills all due connections of a scope, several at a time; false when time ran out before they were all done. */
async function fillScope(
  scope: WorkScope,
  runId: string,
  request: FillRequest,
  dependencies: FillDependencies,
  tally: Tally,
): Promise<boolean> {
  const { store, clock } = dependencies;
  const worker = dependencies.newId();
  const queue: ClaimedConnection[] = [];
  let claiming: Promise<void> | null = null;
  let exhausted = false;
  let ranOut = false;

  const claimMore = async (): Promise<void> => {
    const claimed = await store.claim(
      scope,
      { worker, limit: request.concurrency, seconds: LEASE_SECONDS },
      clock(),
    );
    exhausted = claimed.length === 0;
    queue.push(...claimed);
  };
  const next = async (): Promise<ClaimedConnection | null> => {
    for (;;) {
      const connection = queue.shift();
      if (connection !== undefined) return connection;
      if (exhausted) return null;
      if (clock() >= request.stopAt) {
        ranOut = true;
        return null;
      }
      claiming ??= claimMore().finally(() => {
        claiming = null;
      });
      await claiming;
    }
  };
  const lane = async (): Promise<void> => {
    for (let connection = await next(); connection !== null; connection = await next()) {
      try {
        const fill = await fillOne(connection, runId, dependencies);
        tally.add(fill, await store.record(connection.id, worker, fill, clock()));
        if (fill.connection.errorCode === 'out_of_time') ranOut = true;
      } catch (error) {
        // A fault of our own with one connection stops no other; its lease runs out and the next tick tries again.
        tally.addFault();
        dependencies.log('error', 'connection_failed', {
          connectionId: connection.id,
          message: messageOf(error),
        });
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: request.concurrency }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return !ranOut;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function fillOne(
  connection: ClaimedConnection,
  runId: string,
  dependencies: FillDependencies,
): Promise<FillRecord> {
  const { providers, credentialsKey, clock, random, log } = dependencies;
  const now = clock();
  const provider = providers[connection.provider];
  if (provider === undefined) throw new Error(`no provider is configured for ${connection.provider}`);
  if (connection.ciphertext === null) throw new Error(`connection ${connection.id} has no credentials`);
  const fill = await fillConnection(connection, {
    provider,
    link: {
      externalId: connection.externalId,
      credentials: decryptCredentials(connection.ciphertext, credentialsKey),
    },
    runId,
    latestDue: latestClosedSession(now, SETTLE_MINUTES),
    now,
    rules: dependencies.rules ?? DEFAULT_RULES,
    refresh: dependencies.refresh ?? null,
    log,
    random: random(),
  });
  const { errorCode, retryAt } = fill.connection;
  if (errorCode !== null)
    log('warn', 'connection_not_filled', { connectionId: connection.id, errorCode, retryAt });
  return fill;
}
