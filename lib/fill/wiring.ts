import 'server-only';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Database, type SupabaseClient, serviceClient } from '@/lib/db/clients';
import type { ProviderId } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type Env, reconcileRules } from '@/lib/env';
import { log } from '@/lib/log';
import { finishRun, openRun, readCaptureHealth } from '@/lib/operations/store';
import { ecbRatesOf } from '@/lib/providers/ecb';
import { configuredProviders } from '@/lib/providers/registry';
import { openProviders, type RequestShare } from '@/lib/providers/request-budget';
import { currentTelemetry, type Telemetry } from '@/lib/telemetry/telemetry';
import type { RefreshLedger } from './account';
import { neededExchangeRates, readEvidence, recordExchangeRates } from './evidence-store';
import type { RateStore } from './exchange-rates';
import { type FillDependencies, type FillRequest, type RunResult, runFill } from './run';
import {
  claimConnections,
  claimRefresh,
  countWaiting,
  type FillStore,
  markDueConnections,
  markPreOpenRechecks,
  pauseConnections,
  publishMissing,
  recordFill,
  releaseClaims,
  renewClaims,
  returnRefresh,
  syncTradingDays,
} from './store';
import { traceProvider, traceRun, traceStore } from './tracing';

/** Left between the last request and the platform's limit, so that what was found is still recorded. */
const RECORDING_RESERVE_MS = 10_000;

/** The most that a backfill takes of the request budget, so that the evening's capture can begin beside it. */
const BACKFILL_PART = 0.6;

type RequestedFill = Pick<FillRequest, 'trigger' | 'requestId' | 'userId' | 'asked' | 'lookBackDays'>;

/** The sources that anything is read from. */
export function switchedOnProviders(env: Env): readonly ProviderId[] {
  return configuredProviders(env).map(({ id }) => id);
}

/** How many requests a minute a backfill may make to each provider out of the budget that all share. */
export function backfillRequestsPerMinute(env: Env): Readonly<Partial<Record<ProviderId, number>>> {
  return Object.fromEntries(
    configuredProviders(env).map(({ id, requestsPerMinute }) => [
      id,
      Math.max(1, Math.floor(requestsPerMinute * BACKFILL_PART)),
    ]),
  );
}

/** When work that begins at an instant (in milliseconds) has to be over, so that it is recorded before the platform's limit. */
export function endOfFill(env: Env, startedAtMs: number): number {
  return startedAtMs + env.FILL_TIME_LIMIT_SECONDS * 1000 - RECORDING_RESERVE_MS;
}

/**
 * Runs a fill with everything real: this environment's database, provider, clock and budget. `filterClaims` may limit
 * which connections are claimed; `endsAt` is an instant in milliseconds, for work that follows other work.
 */
export async function runFillWith(
  env: Env,
  request: RequestedFill,
  filterClaims: (store: FillStore) => FillStore = (store) => store,
  endsAt = endOfFill(env, Date.now()),
): Promise<RunResult> {
  const client = serviceClient(env, request.requestId);
  const telemetry = currentTelemetry();
  const timeLeftMs = (): number => endsAt - Date.now();
  const { providers, gateCount } = openProviders(configuredProviders(env), {
    client,
    share: shareOf(request),
    timeLeftMs,
    sleep: (ms) => sleep(ms),
    observe: (provider) => traceProvider(provider, telemetry),
  });
  const store: FillStore = {
    openRun: (run, now) => openRun(client, run, now),
    syncTradingDays: (calendar, now) => syncTradingDays(client, calendar, now),
    pauseConnections: (userId, providers, now) => pauseConnections(client, userId, providers, now),
    publishMissing: (scope, now) => publishMissing(client, scope, now),
    markDue: (scope, now) => markDueConnections(client, scope, now),
    claim: (scope, lease, now) => claimConnections(client, scope, lease, now),
    renew: (worker, seconds, now) => renewClaims(client, worker, seconds, now),
    release: (worker) => releaseClaims(client, worker),
    countWaiting: (userId, now) => countWaiting(client, userId, now),
    record: (connectionId, worker, fill, now) => recordFill(client, connectionId, worker, fill, now),
    evidence: (lines) => readEvidence(client, lines),
    finishRun: (run, now) => finishRun(client, run, now),
  };
  const rates: RateStore = {
    needed: (tradingDay, now) => neededExchangeRates(client, tradingDay, now),
    record: (reading, source, now) => recordExchangeRates(client, reading, source, now),
  };
  const refresh: RefreshLedger = {
    claim: (connectionId, tradingDay) => claimRefresh(client, connectionId, tradingDay),
    release: (connectionId, tradingDay) => returnRefresh(client, connectionId, tradingDay),
  };
  const options: FillRequest = {
    ...request,
    concurrency: env.FILL_CONCURRENCY,
    stopAt: new Date(endsAt - RECORDING_RESERVE_MS),
  };
  const dependencies: FillDependencies = {
    store: traceStore(filterClaims(store), telemetry),
    rates,
    rateSource: ecbRatesOf(env),
    providers,
    rules: reconcileRules(env),
    ...(env.SNAPTRADE_REFRESH_AFTER_CLOSE ? { refresh } : {}),
    ...(env.PRE_OPEN_RECHECK
      ? { markPreOpenRechecks: (recheck, now) => markPreOpenRechecks(client, recheck, now) }
      : {}),
    credentialsKey: env.CREDENTIALS_KEY,
    gateCount,
    clock: () => new Date(),
    random: Math.random,
    newId: () => crypto.randomUUID(),
    every: (ms, task) => {
      const timer = setInterval(task, ms);
      return () => clearInterval(timer);
    },
    log,
  };
  try {
    const result = await traceRun(telemetry, request, () => runFill(options, dependencies));
    if (telemetry.isOn) await measureCoverage(telemetry, client, result.tradingDay);
    return result;
  } finally {
    await telemetry.flush();
  }
}

/** A run that is over stays over: what cannot be measured of it is left out. */
async function measureCoverage(
  telemetry: Telemetry,
  client: SupabaseClient<Database>,
  tradingDay: TradingDate,
): Promise<void> {
  const health = await readCaptureHealth(client, tradingDay).catch(() => null);
  if (health === null || health.expected === 0) return;
  telemetry.measure('portfolio_history.coverage', health.present / health.expected);
}

function shareOf({ trigger, userId }: RequestedFill): RequestShare {
  if (trigger === 'backfill') return 'backfill';
  return userId !== null && trigger !== 'webhook' ? 'people' : 'evening';
}
