import { setTimeout as sleep } from 'node:timers/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from '@/lib/db/clients';
import { neededExchangeRates, readEvidence, recordExchangeRates } from '@/lib/fill/evidence-store';
import { type RunResult, runFill } from '@/lib/fill/run';
import {
  claimConnections,
  countWaiting,
  type FillStore,
  markDueConnections,
  pauseConnections,
  publishMissing,
  recordFill,
  releaseClaims,
  renewClaims,
  syncTradingDays,
} from '@/lib/fill/store';
import { finishRun, openRun } from '@/lib/operations/store';
import { createEcbRates } from '@/lib/providers/ecb';
import type { PortfolioProvider, RequestGate } from '@/lib/providers/provider';
import {
  createBudgetGate,
  createOpenGate,
  pauseRequests,
  retryWhenRateLimited,
  takeRequests,
} from '@/lib/providers/request-budget';
import { createSnapTradeProvider } from '@/lib/providers/snaptrade';
import { BENCH_KEYS } from './bench-sandbox';

/** As many connections at once as the product fills when nothing else is configured. */
export const CONCURRENCY = 8;

/** More than a machine can send, for captures that no budget slows down. */
export const NO_LIMIT = 100_000;

const TIME_LIMIT_MS = 900_000;

interface WorkerOptions {
  readonly client: SupabaseClient<Database>;
  readonly sandboxUrl: string;
  readonly credentialsKey: string;
  /** The instant at which the run begins; the run's clock goes on from there. */
  readonly now: Date;
  readonly requestsPerMinute: number;
}

/** How long each call of the store took, in milliseconds, with the way through the API. */
export type StoreTimes = Readonly<Record<'markDue' | 'claim' | 'record', number[]>>;

/** Runs the product's own worker over everything that is due: its store, its adapter and its budget. */
export async function runWorker(options: WorkerOptions): Promise<{ result: RunResult; times: StoreTimes }> {
  const { client, sandboxUrl, now, requestsPerMinute } = options;
  const startedAt = performance.now();
  const clock = (): Date => new Date(now.getTime() + performance.now() - startedAt);
  const timeLeftMs = (): number => TIME_LIMIT_MS - (performance.now() - startedAt);
  const gate = createBudgetGate({
    take: (count) => takeRequests(client, 'snaptrade', count, requestsPerMinute, 'evening'),
    sleep: (ms) => sleep(ms),
    timeLeftMs,
  });
  const snaptrade = retryWhenRateLimited(connectProvider(sandboxUrl, gate), {
    pause: (waitMs) => pauseRequests(client, 'snaptrade', waitMs),
    timeLeftMs,
  });
  const times: StoreTimes = { markDue: [], claim: [], record: [] };
  const complaints: string[] = [];
  const result = await runFill(
    {
      trigger: 'cron',
      userId: null,
      asked: false,
      lookBackDays: null,
      concurrency: CONCURRENCY,
      stopAt: new Date(now.getTime() + TIME_LIMIT_MS),
    },
    {
      store: timedStore(client, times),
      rates: {
        needed: (tradingDay, now) => neededExchangeRates(client, tradingDay, now),
        record: (reading, source, now) => recordExchangeRates(client, reading, source, now),
      },
      rateSource: createEcbRates({ baseUrl: sandboxUrl, timeoutMs: 20_000 }),
      providers: { snaptrade },
      credentialsKey: options.credentialsKey,
      gateCount: gate.count,
      clock,
      random: Math.random,
      newId: () => crypto.randomUUID(),
      every: () => () => {},
      log: (level, event, fields) => {
        if (level !== 'info') complaints.push(`${event} ${JSON.stringify(fields)}`);
      },
    },
  );
  if (complaints.length > 0)
    throw new Error(`the worker had ${complaints.length} complaints, such as: ${complaints[0]}`);
  return { result, times };
}

/** The adapter to the sandbox; without a gate of its own every request may pass. */
export function connectProvider(baseUrl: string, gate: RequestGate = createOpenGate()): PortfolioProvider {
  return createSnapTradeProvider({
    ...BENCH_KEYS,
    baseUrl,
    timeoutMs: 20_000,
    legacyReporting: false,
    clock: () => new Date(),
    gate,
  });
}

function timedStore(client: SupabaseClient<Database>, times: StoreTimes): FillStore {
  async function timed<T>(name: keyof StoreTimes, call: Promise<T>): Promise<T> {
    const startedAt = performance.now();
    const answer = await call;
    times[name].push(performance.now() - startedAt);
    return answer;
  }
  return {
    openRun: (run, now) => openRun(client, run, now),
    syncTradingDays: (calendar, now) => syncTradingDays(client, calendar, now),
    pauseConnections: (userId, providers, now) => pauseConnections(client, userId, providers, now),
    publishMissing: (scope, now) => publishMissing(client, scope, now),
    markDue: (scope, now) => timed('markDue', markDueConnections(client, scope, now)),
    claim: (scope, lease, now) => timed('claim', claimConnections(client, scope, lease, now)),
    renew: (worker, seconds, now) => renewClaims(client, worker, seconds, now),
    release: (worker) => releaseClaims(client, worker),
    countWaiting: (userId, now) => countWaiting(client, userId, now),
    record: (connectionId, worker, fill, now) =>
      timed('record', recordFill(client, connectionId, worker, fill, now)),
    evidence: (lines) => readEvidence(client, lines),
    finishRun: (run, now) => finishRun(client, run, now),
  };
}
