import { addDays, type TradingDate } from './trading-date';

/** How many days back every tick looks for gaps; older ones wait for spare budget or for somebody who looks. */
export const RECENT_DAYS = 30;

/** Days of one account that its provider's history is asked for, oldest first, never empty. */
export interface HistoryRequest {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly wanted: ReadonlySet<TradingDate>;
}

/**
 * One history request for the days of one account that capture can no longer bring, or null when there are none.
 * `missing` are the account's missing days; `latestDue` is left to capture while its window is open (`captureOpen`), and
 * days before `reach` lie beyond the provider's look-back.
 */
export function planHistoryRequest(
  missing: readonly TradingDate[],
  latestDue: TradingDate,
  captureOpen: boolean,
  reach: TradingDate,
): HistoryRequest | null {
  const wanted = missing
    .filter((date) => date >= reach && (captureOpen ? date < latestDue : date <= latestDue))
    .toSorted();
  const [from] = wanted;
  const to = wanted.at(-1);
  return from === undefined || to === undefined ? null : { from, to, wanted: new Set(wanted) };
}

/** The first day of each pass over the gaps: recent ones first, then all that the provider can still reach. */
export function fillPasses(latestDue: TradingDate, reach: TradingDate): readonly TradingDate[] {
  return [addDays(latestDue, -RECENT_DAYS), reach];
}
