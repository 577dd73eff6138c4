import { decryptCredentials } from '@/lib/credentials';
import {
  calendarAround,
  latestClosedSession,
  nextSession,
  type TradingSession,
} from '@/lib/domain/nyse-calendar';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { type FillPass, fillPasses, preOpenRecheckSince, type ReadsToday } from '@/lib/domain/schedule';
import { PROVIDER_IDS, type ProviderId, type RunStatus, type RunTrigger } from '@/lib/domain/states';
import { addDays, type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { type Log, logWith } from '@/lib/log';
import type { ExchangeRateSource } from '@/lib/providers/exchange-rate-source';
import type { PortfolioProvider } from '@/lib/providers/provider';
import type { GateCount } from '@/lib/providers/request-budget';
import type { RefreshLedger } from './account';
import { type FilledConnection, fillConnection } from './connection';
import { createTally, type Tally } from './counts';
import type { EvidenceRead } from './evidence-store';
import { createRateBook, createRateFetcher, type RateBook, type RateStore } from './exchange-rates';
import type { FillRecord } from './record';
import type { ClaimedConnection, FillStore, RunCounts, WorkScope } from './store';

/** Makes connections due once more whose `tradingDay` was captured before `since`; returns how many. */
type MarkPreOpenRechecks = (
  recheck: {
    readonly userId: string | null;
    readonly tradingDay: TradingDate;
    readonly since: Instant;
  },
  now: Date,
) => Promise<number>;

/**
 * In the hours before the next open, makes connections due once more whose trading day was captured: a broker that corrects
 * a close does so during the night, and after the open nobody can ask for it any more.
 */
async function recheckBeforeOpen(
  userId: string | null,
  latestDue: TradingSession,
  mark: MarkPreOpenRechecks,
  now: Date,
): Promise<void> {
  const since = preOpenRecheckSince(now, nextSession(latestDue.date).opensAt);
  if (since !== null) await mark({ userId, tradingDay: latestDue.date, since }, now);
}

/** Minutes after a close until its trading day is due: brokers need a moment to settle. */
export const SETTLE_MINUTES = 30;

/** Renewed while a worker is at work, and short enough that a killed worker's connections are soon free again. */
const LEASE_SECONDS = 120;

export interface FillDependencies {
  readonly store: FillStore;
  readonly rates: RateStore;
  readonly rateSource: ExchangeRateSource;
  readonly providers: Readonly<Partial<Record<ProviderId, PortfolioProvider>>>;
  /** The product's own rules when left out. */
  readonly rules?: ReconcileRules;
  /** Left out where the operator does not pay for refreshes. */
  readonly refresh?: RefreshLedger;
  /** Left out where the operator does not want captured days rechecked before the open. */
  readonly markPreOpenRechecks?: MarkPreOpenRechecks;
  readonly credentialsKey: string;
  readonly gateCount: GateCount;
  readonly clock: () => Date;
  readonly random: () => number;
  readonly newId: () => string;
  /** Does something again and again, `ms` apart, until the function that it returns is called. */
  readonly every: (ms: number, task: () => void) => () => void;
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
 * Fills whatever is missing: the day that is due of every connection first, then movements and recent gaps, then older ones
 * while there is time. Can run any number of times and at once: connections are leased, and what is recorded twice is
 * recorded once.
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

  const book = createRateBook(given.rateSource);
  const rates = createRateFetcher(latestDue, runId, { store: given.rates, book, clock, log }, tally);
  let status: RunStatus = 'complete';
  try {
    // Whoever fills for everybody sees to it that the database knows what the exchange has announced.
    if (request.userId === null) {
      const days = await store.syncTradingDays(calendarAround(startedAt), startedAt);
      if (days > 0) log('warn', 'calendar_changed', { days });
    }
    // Of a source that is switched off nobody is asked, and nobody waits for it.
    const configured = PROVIDER_IDS.filter((id) => given.providers[id] !== undefined);
    const paused = await store.pauseConnections(request.userId, configured, startedAt);
    if (paused > 0) log('warn', 'sources_changed', { connections: paused });
    // Before the fills, so that no day is converted at an older rate first.
    await rates.fetchNeeded();
    const { markPreOpenRechecks } = dependencies;
    if (markPreOpenRechecks !== undefined)
      await recheckBeforeOpen(request.userId, latestDue, markPreOpenRechecks, clock());
    const passes = passesOf(request, latestDue.date);
    const furthest = passes.at(-1)?.from ?? latestDue.date;
    for (const { from, phase } of passes) {
      const scope = { userId: request.userId, from, to: latestDue.date, asked: request.asked, phase };
      tally.counts.published += await store.publishMissing(scope, clock());
      await store.markDue(scope, clock());
      // A pass decides whose turn it is. Whose turn it is gets all of their gaps filled, for the same requests.
      if (
        !(await fillScope({ ...scope, from: furthest }, runId, request, { ...dependencies, book }, tally))
      ) {
        status = 'continues';
        tally.counts.waiting = await store.countWaiting(request.userId, clock());
        break;
      }
    }
    // Again for the currencies of accounts that came into view.
    await rates.fetchNeeded();
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

function passesOf(request: FillRequest, latestDue: TradingDate): readonly FillPass[] {
  const { trigger, lookBackDays } = request;
  // A backfill claims each of its connections once.
  if (trigger === 'backfill')
    return [{ from: addDays(latestDue, -(lookBackDays ?? REACH_DAYS)), phase: 'all' }];
  return fillPasses(latestDue, addDays(latestDue, -REACH_DAYS), lookBackDays);
}

/**
 * Fills all due connections of a scope, several at a time; false when time or budget ran out before they were all done. What
 * was claimed and could not be asked is given back, and keeps its place.
 */
async function fillScope(
  scope: WorkScope,
  runId: string,
  request: FillRequest,
  dependencies: FillDependencies & { readonly book: RateBook },
  tally: Tally,
): Promise<boolean> {
  const { store, clock } = dependencies;
  const worker = dependencies.newId();
  const queue: ClaimedConnection[] = [];
  let claiming: Promise<void> | null = null;
  let exhausted = false;
  let ranOut = false;
  /** Providers whose budget is used up, or that refuse our own keys: everybody else there would wait or be refused as well. */
  const stopped = new Set<ProviderId>();
  /** Whose connections are worth a lease. */
  const running = (): readonly ProviderId[] =>
    PROVIDER_IDS.filter((id) => dependencies.providers[id] !== undefined && !stopped.has(id));

  const claimMore = async (): Promise<void> => {
    const claimed = await store.claim(
      scope,
      { worker, limit: request.concurrency, seconds: LEASE_SECONDS, providers: running() },
      clock(),
    );
    exhausted = claimed.length === 0;
    queue.push(...claimed);
  };
  const next = async (): Promise<ClaimedConnection | null> => {
    for (;;) {
      if (ranOut || running().length === 0) return null;
      const connection = queue.shift();
      if (connection !== undefined && stopped.has(connection.provider)) continue;
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
  const workerLoop = async (): Promise<void> => {
    for (let connection = await next(); connection !== null; connection = await next()) {
      try {
        const filled = await fillOne(connection, scope.phase, runId, request, dependencies);
        let fill = filled();
        const { errorCode, retryAt } = fill.connection;
        if (errorCode !== null)
          dependencies.log('warn', 'connection_not_filled', {
            connectionId: connection.id,
            errorCode,
            retryAt,
          });
        if (errorCode === 'out_of_time' || errorCode === 'keys_refused') stopped.add(connection.provider);
        if (errorCode === 'keys_refused') tally.addRefusedKeys();
        if (!hasFound(fill)) continue;
        let recorded = await store.record(connection.id, worker, fill, clock());
        for (let attempt = 1; recorded === null; attempt += 1) {
          if (attempt === RECONCILE_ATTEMPTS_MAX) throw new Error('the evidence did not come to rest');
          fill = filled(await store.evidence(linesOf(fill)));
          recorded = await store.record(connection.id, worker, fill, clock());
        }
        tally.add(connection.id, fill, recorded);
      } catch (error) {
        // A fault of our own with one connection stops no other; its lease runs out and the next tick tries again.
        tally.addFault(connection.id);
        dependencies.log('error', 'connection_failed', {
          connectionId: connection.id,
          message: messageOf(error),
        });
      }
    }
  };
  const stopRenewing = dependencies.every((LEASE_SECONDS * 1000) / 3, () => {
    store.renew(worker, LEASE_SECONDS, clock()).catch((error: unknown) => {
      dependencies.log('warn', 'lease_not_renewed', { runId, message: messageOf(error) });
    });
  });
  try {
    const loops = await Promise.allSettled(Array.from({ length: request.concurrency }, workerLoop));
    for (const ended of loops) if (ended.status === 'rejected') throw ended.reason;
  } finally {
    stopRenewing();
    if (ranOut || stopped.size > 0) await store.release(worker);
  }
  return !ranOut && stopped.size === 0;
}

/** Somebody else records something of the same account in the same moment now and then, but hardly ever twice. */
const RECONCILE_ATTEMPTS_MAX = 5;

/** The account lines about which a fill draws conclusions. */
function linesOf({ reconciled }: FillRecord): readonly EvidenceRead[] {
  return reconciled.flatMap(({ lineId, from }) => (lineId === null ? [] : [{ lineId, from }]));
}

/** Whether there is anything to record: who got no answer at all for want of time was not asked. */
function hasFound({ connection, accounts, questions }: FillRecord): boolean {
  return connection.errorCode !== 'out_of_time' || accounts.length > 0 || questions.length > 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function fillOne(
  connection: ClaimedConnection,
  phase: FillPass['phase'],
  runId: string,
  request: FillRequest,
  dependencies: FillDependencies & { readonly book: RateBook },
): Promise<FilledConnection> {
  const { providers, credentialsKey, clock, random, log } = dependencies;
  const now = clock();
  const provider = providers[connection.provider];
  if (provider === undefined) throw new Error(`no provider is configured for ${connection.provider}`);
  if (connection.ciphertext === null) throw new Error(`connection ${connection.id} has no credentials`);
  const filled = await fillConnection(connection, {
    provider,
    link: {
      externalId: connection.externalId,
      credentials: decryptCredentials(connection.ciphertext, credentialsKey),
    },
    runId,
    phase,
    reads: readsToday(connection, request, now),
    latestDue: latestClosedSession(now, SETTLE_MINUTES),
    now,
    rules: dependencies.rules ?? DEFAULT_RECONCILE_RULES,
    rates: dependencies.book,
    refresh: dependencies.refresh ?? null,
    log,
    random: random(),
  });
  return filled;
}

/** The readings of the day when this one is made; null when somebody waits for it, which no limit counts. */
function readsToday(
  { totalsReads, totalsReadsSince }: ClaimedConnection,
  { trigger, asked }: FillRequest,
  now: Date,
): ReadsToday | null {
  if (asked || trigger === 'user' || trigger === 'page_view') return null;
  const since = totalsReads === 0 ? null : totalsReadsSince;
  return { count: totalsReads + 1, since: since ?? toInstant(now) };
}
