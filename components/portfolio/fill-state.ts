import type { ConnectionStatus, HistoryDocument, HistoryGap } from '@/lib/history/document';

/** Reasons that our own next run, and nobody else, is expected to end. */
const FILLED_BY_RUNS: ReadonlySet<HistoryGap['reason']> = new Set([
  'not_yet_due',
  'rate_limited',
  'unavailable',
  'rate_missing',
  'provider_had_nothing',
]);

/** Whether a gap may close by itself while somebody looks. */
export function isBeingFilled(gap: Pick<HistoryGap, 'reason' | 'final'>): boolean {
  return !gap.final && FILLED_BY_RUNS.has(gap.reason);
}

/** The working connections that were not read to their end once: their year is still on its way. */
export function findFirstFills({
  connections,
}: Pick<HistoryDocument, 'connections'>): readonly ConnectionStatus[] {
  return connections.filter(({ status, lastSuccessAt }) => status === 'active' && lastSuccessAt === null);
}
