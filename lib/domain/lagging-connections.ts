import type { HistoryDocument } from './history';
import { lastSessionThrough } from './market-calendar';
import type { Instant } from './trading-date';

/** A working connection that has not been heard of lately, although it was asked. */
export interface LaggingConnection {
  readonly institution: string;
  readonly lastSuccessAt: Instant;
  /** When it is asked next; null when that is not planned yet. */
  readonly nextAttemptAt: Instant | null;
}

/**
 * The connections whose broker, or the provider between, does not answer: they work as far as anybody knows, but the newest
 * days are missing for that very reason, or rest on accounts carried over, and the last answer came before the newest day.
 * A connection that never answered is being fetched for the first time; a broken one is its owner's to mend.
 */
export function findLaggingConnections({
  connections,
  gaps,
  points,
  to,
}: Pick<HistoryDocument, 'connections' | 'gaps' | 'points' | 'to'>): readonly LaggingConnection[] {
  const newestGap = gaps.find((gap) => gap.to === to);
  const newestPoint = points.at(-1);
  const isGapTheirs = newestGap?.reason === 'unavailable' || newestGap?.reason === 'rate_limited';
  const isCarried = newestPoint?.date === to && newestPoint.carried.length > 0;
  if (!isGapTheirs && !isCarried) return [];
  // An answer from before a close says nothing about it.
  const { closesAt } = lastSessionThrough(to);
  return connections.flatMap(({ institution, status, lastSuccessAt }) =>
    status === 'active' && lastSuccessAt !== null && lastSuccessAt < closesAt
      ? [{ institution, lastSuccessAt, nextAttemptAt: newestGap?.nextAttemptAt ?? null }]
      : [],
  );
}
