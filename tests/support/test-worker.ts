import { setTimeout as wait } from 'node:timers/promises';
import type { SupabaseClient } from '@supabase/supabase-js';
import type { Database } from '@/lib/db/types';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { PROVIDER_IDS, type ProviderId } from '@/lib/domain/states';
import type { RefreshLedger } from '@/lib/fill/account';
import { neededExchangeRates, readEvidence, recordExchangeRates } from '@/lib/fill/evidence-store';
import type { FillDependencies } from '@/lib/fill/run';
import {
  claimConnections,
  claimRefresh,
  countWaiting,
  markDueConnections,
  markPreOpenRechecks,
  pauseConnections,
  publishMissing,
  recordFill,
  releaseClaims,
  renewClaims,
  returnRefresh,
  syncTradingDays,
} from '@/lib/fill/store';
import type { LiveDependencies } from '@/lib/live/refresh';
import { claimLiveReads, recordLiveRead } from '@/lib/live/store';
import type { Log } from '@/lib/log';
import { finishRun, openRun } from '@/lib/operations/store';
import { createAlpacaProvider } from '@/lib/providers/alpaca';
import { createEcbRates } from '@/lib/providers/ecb';
import { createPlaidProvider } from '@/lib/providers/plaid';
import type { RequestGate } from '@/lib/providers/provider';
import { openProviders } from '@/lib/providers/request-budget';
import { createSnapTradeProvider } from '@/lib/providers/snaptrade';
import { plaidKeys } from './plaid-harness';
import { SANDBOX_KEYS } from './scenario';

/** What limits a worker; a test names only what it is about. */
export interface WorkerLimits {
  readonly perMinute?: number;
  readonly timeoutMs?: number;
  readonly timeLeftMs?: () => number;
  readonly sleep?: (ms: number) => Promise<void>;
  readonly legacyReporting?: boolean;
  /** Whether captured days are rechecked before the next open. */
  readonly preOpenRecheck?: boolean;
  /** The sources that are switched on; all of them by default. */
  readonly sources?: readonly ProviderId[];
  /** Whether the operator pays for refreshes after the close. */
  readonly refresh?: boolean;
  /** What happens while the worker is at work; nothing by default. */
  readonly every?: FillDependencies['every'];
}

interface WorkerParts extends WorkerLimits {
  readonly client: SupabaseClient<Database>;
  readonly sandboxUrl: string;
  readonly credentialsKey: string;
  readonly clock: () => Date;
  readonly log: Log;
}

/** Everything real that a worker depends on, wired as the product wires it but for clock, chance and the sandbox. */
export function createTestWorker(parts: WorkerParts): FillDependencies {
  const { client, sandboxUrl, credentialsKey, clock, log } = parts;
  const { perMinute = 10_000, timeoutMs = 5_000, legacyReporting = false } = parts;
  const { sources = PROVIDER_IDS } = parts;
  const { preOpenRecheck = false, refresh = false, every = () => () => {} } = parts;
  const { timeLeftMs = () => 60_000, sleep = (ms: number) => wait(ms) } = parts;
  const { providers, gateCount } = openProviders(
    [
      {
        id: 'snaptrade' as const,
        requestsPerMinute: perMinute,
        open: (gate: RequestGate) =>
          createSnapTradeProvider({
            ...SANDBOX_KEYS,
            baseUrl: sandboxUrl,
            timeoutMs,
            legacyReporting,
            clock,
            gate,
          }),
      },
      {
        id: 'alpaca' as const,
        requestsPerMinute: perMinute,
        open: (gate: RequestGate) => createAlpacaProvider({ baseUrl: sandboxUrl, timeoutMs, clock, gate }),
      },
      {
        id: 'plaid' as const,
        requestsPerMinute: perMinute,
        open: (gate: RequestGate) =>
          createPlaidProvider({ ...plaidKeys(sandboxUrl), timeoutMs, clock, gate }),
      },
    ].filter(({ id }) => sources.includes(id)),
    {
      client,
      share: 'people',
      timeLeftMs,
      sleep: async (ms) => {
        await sleep(ms);
      },
    },
  );
  return {
    store: {
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
    },
    rates: {
      needed: (tradingDay, now) => neededExchangeRates(client, tradingDay, now),
      record: (reading, source, now) => recordExchangeRates(client, reading, source, now),
    },
    rateSource: createEcbRates({ baseUrl: sandboxUrl, timeoutMs }),
    providers,
    ...(refresh ? { refresh: refreshLedger(client) } : {}),
    ...(preOpenRecheck
      ? { markPreOpenRechecks: (recheck, now) => markPreOpenRechecks(client, recheck, now) }
      : {}),
    credentialsKey,
    gateCount,
    clock,
    random: () => 0.5,
    newId: () => crypto.randomUUID(),
    every,
    log,
  };
}

function refreshLedger(client: SupabaseClient<Database>): RefreshLedger {
  return {
    claim: (connectionId, tradingDay) => claimRefresh(client, connectionId, tradingDay),
    release: (connectionId, tradingDay) => returnRefresh(client, connectionId, tradingDay),
  };
}

/** What a look depends on, with the provider and the gate of such a worker. */
export function createTestLiveReader(
  client: SupabaseClient<Database>,
  { providers, credentialsKey, log }: FillDependencies,
): LiveDependencies {
  return {
    claim: (userId, staleBefore, now) => claimLiveReads(client, userId, staleBefore, now),
    record: (connectionId, read, now) => recordLiveRead(client, connectionId, read, now),
    providers,
    rules: DEFAULT_RECONCILE_RULES,
    credentialsKey,
    refreshMinutes: 10,
    log,
  };
}
