import { sessionOn } from '@/lib/domain/nyse-calendar';
import { type PortfolioProvider, ProviderError } from '@/lib/providers/provider';
import type { Telemetry } from '@/lib/telemetry/telemetry';
import type { FillRecord } from './record';
import type { FillRequest, RunResult } from './run';
import type { FillStore } from './store';

/** The same run within a span, counted when it is over. */
export async function traceRun(
  telemetry: Telemetry,
  { trigger, requestId }: Pick<FillRequest, 'trigger' | 'requestId'>,
  run: () => Promise<RunResult>,
): Promise<RunResult> {
  let status = 'failed';
  try {
    return await telemetry.span('tick', { trigger, request_id: requestId ?? '' }, async (annotate) => {
      const result = await run();
      const { runId, tradingDay, counts } = result;
      status = result.status;
      const { connections, published, failed } = counts;
      annotate({ run_id: runId, trading_day: tradingDay, status, connections, published, failed });
      telemetry.measure('portfolio_history.provider.requests', counts.requests, { trigger });
      telemetry.measure('portfolio_history.provider.wait', counts.waitedMs, { trigger });
      return result;
    });
  } finally {
    telemetry.measure('portfolio_history.runs', 1, { trigger, status });
  }
}

/** The same store, with claiming and recording in spans, and the lag of what was captured. */
export function traceStore(store: FillStore, telemetry: Telemetry): FillStore {
  return {
    ...store,
    claim: (scope, lease, now) =>
      telemetry.span('claim', { limit: lease.limit }, async (annotate) => {
        const claimed = await store.claim(scope, lease, now);
        annotate({ claimed: claimed.length });
        return claimed;
      }),
    record: (connectionId, worker, fill, now) =>
      telemetry.span('record', { connection_id: connectionId }, async (annotate) => {
        const recorded = await store.record(connectionId, worker, fill, now);
        if (recorded === null) return recorded;
        annotate({ observations: recorded.observations, published: recorded.published });
        for (const seconds of captureLags(fill, now)) {
          telemetry.measure('portfolio_history.capture.lag', seconds);
        }
        return recorded;
      }),
  };
}

/** How long after the close each captured value was recorded, in seconds. */
function captureLags({ observations }: FillRecord, now: Date): readonly number[] {
  return observations.flatMap(({ kind, verdict, date }) => {
    const session = kind === 'daily_eod' && verdict === 'accepted' ? sessionOn(date) : null;
    return session === null ? [] : [(now.getTime() - Date.parse(session.closesAt)) / 1000];
  });
}

/** The same provider, with each question in a span and its errors counted by kind. */
export function traceProvider(provider: PortfolioProvider, telemetry: Telemetry): PortfolioProvider {
  const ask = <T>(operation: string, question: () => Promise<T>): Promise<T> =>
    telemetry.span('provider call', { provider: provider.id, operation }, async (annotate) => {
      try {
        return await question();
      } catch (error) {
        const kind = error instanceof ProviderError ? error.kind : 'other';
        annotate({ error_kind: kind });
        telemetry.measure('portfolio_history.provider.errors', 1, { provider: provider.id, operation, kind });
        throw error;
      }
    });
  const { holdings } = provider;
  return {
    ...provider,
    ...(holdings === undefined
      ? {}
      : { holdings: (link, account) => ask('holdings', () => holdings(link, account)) }),
    currentValues: (link, isLive) => ask('currentValues', () => provider.currentValues(link, isLive)),
    connectionHealth: (link) => ask('connectionHealth', () => provider.connectionHealth(link)),
    requestRefresh: (link) => ask('requestRefresh', () => provider.requestRefresh(link)),
    valueHistory: (link, account, range) =>
      ask('valueHistory', () => provider.valueHistory(link, account, range)),
    cashFlows: (link, account, range) => ask('cashFlows', () => provider.cashFlows(link, account, range)),
  };
}
