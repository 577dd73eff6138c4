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

/** What a pass asks: current values, which capture a day at one request a connection, or what can follow later. */
export type FillPhase = 'totals' | 'rest' | 'all';

/** One pass over all connections that are due: how far back gaps decide whose turn it is, and what is asked. */
export interface FillPass {
  readonly from: TradingDate;
  readonly phase: FillPhase;
}

/**
 * The order of a run: everybody's current values first, then movements and recent gaps, then all that the provider can still
 * reach. With a look-back of `lookBackDays`, gaps are looked for no further back than that.
 */
export function fillPasses(
  latestDue: TradingDate,
  reach: TradingDate,
  lookBackDays: number | null = null,
): readonly FillPass[] {
  const [nearest, ...further] =
    lookBackDays === null ? [addDays(latestDue, -RECENT_DAYS), reach] : [addDays(latestDue, -lookBackDays)];
  return [
    { from: nearest, phase: 'totals' },
    { from: nearest, phase: 'rest' },
    ...further.map((from) => ({ from, phase: 'rest' }) as const),
  ];
}
