import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';
import type { ProviderId } from '@/lib/domain/states';
import { OutOfTimeError, type PortfolioProvider, ProviderError, type RequestGate } from './provider';

interface GateOptions {
  /** Asks the shared budget for `count` requests. */
  readonly take: (count: number) => Promise<{ readonly granted: number; readonly waitMs: number }>;
  readonly sleep: (ms: number) => Promise<void>;
  /** Milliseconds left until the worker has to stop. */
  readonly timeLeftMs: () => number;
  /** Where what passes is counted, for gates whose requests belong to one run; a count of its own when left out. */
  readonly count?: GateCount;
}

/** What passed the gate, for the run's record. */
export interface GateCount {
  requests: number;
  waitedMs: number;
}

/**
 * The gate to a provider, fed by the budget that all processes share. Requests that arrive while the budget is being
 * asked are asked for together in the next call, so a busy worker does not pay one database call per request.
 */
export function createBudgetGate(options: GateOptions): RequestGate & { readonly count: GateCount } {
  const waiting: { readonly pass: () => void; readonly fail: (error: unknown) => void }[] = [];
  const count: GateCount = options.count ?? { requests: 0, waitedMs: 0 };
  let serving = false;

  async function serve(): Promise<void> {
    serving = true;
    try {
      while (waiting.length > 0) {
        if (options.timeLeftMs() <= 0) throw new OutOfTimeError('no time left for another request');
        const { granted, waitMs } = await options.take(waiting.length);
        count.requests += granted;
        for (const { pass } of waiting.splice(0, granted)) pass();
        if (granted === 0) {
          if (waitMs >= options.timeLeftMs())
            throw new OutOfTimeError(`the request budget is empty for ${waitMs} ms`);
          count.waitedMs += waitMs;
          await options.sleep(waitMs);
        }
      }
    } catch (error) {
      for (const { fail } of waiting.splice(0)) fail(error);
    } finally {
      serving = false;
    }
  }

  return {
    count,
    pass: () =>
      new Promise<void>((pass, fail) => {
        waiting.push({ pass, fail });
        if (!serving) void serve();
      }),
  };
}

/** A gate that is always open, for providers without a limit. It still counts. */
export function createOpenGate(): RequestGate & { readonly count: GateCount } {
  const count: GateCount = { requests: 0, waitedMs: 0 };
  return {
    count,
    pass: async () => {
      count.requests += 1;
    },
  };
}

interface RateLimitRetry {
  /** Makes everybody who shares the budget wait. */
  readonly pause: (waitMs: number) => Promise<void>;
  readonly timeLeftMs: () => number;
}

/** When a provider refuses without a time to wait. */
const DEFAULT_WAIT_MS = 10_000;

const ATTEMPTS_MAX = 3;

/**
 * A provider that, when it is rate limited, makes all processes wait and then asks again, as long as there is time. The
 * waiting itself happens at the gate, which every request has to pass.
 */
export function retryWhenRateLimited(provider: PortfolioProvider, retry: RateLimitRetry): PortfolioProvider {
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await question();
      } catch (error) {
        if (!(error instanceof ProviderError) || error.kind !== 'rate_limited') throw error;
        const waitMs = error.retryAfterMs ?? DEFAULT_WAIT_MS;
        await retry.pause(waitMs);
        if (attempt === ATTEMPTS_MAX || waitMs >= retry.timeLeftMs()) throw error;
      }
    }
  }
  const { holdings } = provider;
  return {
    ...(holdings === undefined ? {} : { holdings: (link, account) => ask(() => holdings(link, account)) }),
    id: provider.id,
    lookBackDays: provider.lookBackDays,
    ...(provider.tellsHealth === undefined ? {} : { tellsHealth: provider.tellsHealth }),
    currentValues: (link, isLive) => ask(() => provider.currentValues(link, isLive)),
    connectionHealth: (link) => ask(() => provider.connectionHealth(link)),
    requestRefresh: (link) => ask(() => provider.requestRefresh(link)),
    valueHistory: (link, account, range) => ask(() => provider.valueHistory(link, account, range)),
    cashFlows: (link, account, range) => ask(() => provider.cashFlows(link, account, range)),
  };
}

interface BudgetUse {
  readonly client: SupabaseClient<Database>;
  readonly share: RequestShare;
  readonly timeLeftMs: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** What is to know of every question; nothing by default. */
  readonly observe?: (provider: PortfolioProvider) => PortfolioProvider;
}

/** A provider that can be opened behind a gate. */
export interface BudgetedProvider {
  readonly id: ProviderId;
  /** What all processes together may ask within a minute. */
  readonly requestsPerMinute: number;
  readonly open: (gate: RequestGate) => PortfolioProvider;
}

/** Providers by their id, each behind a gate to its own budget, so that one that is slow or makes everybody wait holds up no other. */
export function openProviders(
  configured: readonly BudgetedProvider[],
  { client, share, timeLeftMs, sleep, observe = (provider) => provider }: BudgetUse,
): {
  readonly providers: Readonly<Partial<Record<ProviderId, PortfolioProvider>>>;
  readonly gateCount: GateCount;
} {
  const gateCount: GateCount = { requests: 0, waitedMs: 0 };
  const opened = configured.map(({ id, requestsPerMinute, open }) => {
    const take = (count: number) => takeRequests(client, id, count, requestsPerMinute, share);
    const gate = createBudgetGate({ take, sleep, timeLeftMs, count: gateCount });
    const pause = (waitMs: number) => pauseRequests(client, id, waitMs);
    return [id, retryWhenRateLimited(observe(open(gate)), { pause, timeLeftMs })] as const;
  });
  return { providers: Object.fromEntries(opened), gateCount };
}

const granted = z.object({ granted: z.number().int(), waitMs: z.number() });

/** Who a request is for. Each share has a part of the budget that the others cannot take while it is wanted. */
export type RequestShare = 'people' | 'evening' | 'backfill';

/** Asks the budget that all processes share for requests; `waitMs` is when to ask again if none were granted. */
export function takeRequests(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  count: number,
  perMinute: number,
  share: RequestShare,
): Promise<z.infer<typeof granted>> {
  const call = client.rpc('take_requests', {
    p_provider: provider,
    p_count: count,
    p_per_minute: perMinute,
    p_share: share,
  });
  return readAnswer('take_requests', call, granted);
}

/** Stops everybody's requests to a provider for as long as it asked. */
export async function pauseRequests(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  waitMs: number,
): Promise<void> {
  await readAnswer(
    'pause_requests',
    client.rpc('pause_requests', { p_provider: provider, p_wait_ms: waitMs }),
    z.unknown(),
  );
}
