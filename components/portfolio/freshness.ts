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

const SECOND_MS = 1_000;

/** While the market is open the live value moves, and while gaps are being filled days arrive. */
const MOVING_MS = 60 * SECOND_MS;
/** Everything else changes once a day; a reader who leaves the page open still meets the evening's capture. */
const STILL_MS = 300 * SECOND_MS;
/** A first fill is watched, and its days arrive within a minute. */
const ARRIVING_MS = 2 * SECOND_MS;

/** How long a document is good for before it is asked for anew, in milliseconds. */
export function refreshIntervalMs(history: HistoryDocument | undefined): number {
  if (history === undefined) return MOVING_MS;
  if (findFirstFills(history).length > 0) return ARRIVING_MS;
  return history.market.isOpen || history.gaps.some(isBeingFilled) ? MOVING_MS : STILL_MS;
}
