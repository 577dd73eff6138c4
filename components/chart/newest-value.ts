import type { HistoryDocument, HistoryPoint, LiveValue } from '@/lib/history/document';

/** The point of the newest day, whatever order the points came in; null without points. */
export function findNewestPoint(points: readonly HistoryPoint[]): HistoryPoint | null {
  return points.reduce<HistoryPoint | null>(
    (newest, point) => (newest === null || point.date > newest.date ? point : newest),
    null,
  );
}

/**
 * The live value where it tells more than the newest day; null otherwise. Between a close and the next open the
 * broker repeats that close, and to call it live would show an old value as a new one.
 */
export function findLive({ points, live }: Pick<HistoryDocument, 'points' | 'live'>): LiveValue | null {
  const newest = findNewestPoint(points);
  if (live === null || newest === null) return live;
  return Date.parse(live.asOf) > Date.parse(newest.asOf) ? live : null;
}
