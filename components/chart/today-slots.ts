import type { HistoryDocument, LiveValue } from '@/lib/history/document';
import type { LiveStop, TodayStop } from './stops';

/** The live value stands this share of the range apart from the last day, since it is not yet a day. */
const LIVE_DISTANCE_SHARE = 0.03;
/** So much of a slot parts the days from the instants after them. */
const BORDER = 0.25;

/** What lies to the right of the days. */
export interface TodaySlots {
  readonly stops: readonly (TodayStop | LiveStop)[];
  /** The border between the days and the instants since the last close; null without such instants. */
  readonly from: number | null;
  /** Where the axis ends: for an open session at its close. */
  readonly to: number;
}

/**
 * Places what is known since the last close to the right of `dayCount` days, true to the time within the session: as much
 * room as all the days take, since it is only asked for where these are few.
 */
export function layOutToday(
  { intraday, live, market }: Pick<HistoryDocument, 'intraday' | 'live' | 'market'>,
  dayCount: number,
): TodaySlots {
  const first = intraday[0];
  const last = intraday.at(-1);
  if (first === undefined || last === undefined) {
    const stops = live === null ? [] : [placeLive(live, dayCount - 1)];
    return { stops, from: null, to: stops[0]?.index ?? dayCount - 1 };
  }
  const start = Date.parse(first.at);
  const ends = [last.at, ...(live === null ? [] : [live.asOf]), ...(market.isOpen ? [market.changesAt] : [])];
  const length = Math.max(1, ...ends.map((end) => Date.parse(end) - start));
  const from = dayCount - 1 + BORDER;
  const place = (at: string) => from + BORDER + Math.max(0, (Date.parse(at) - start) / length) * dayCount;
  const instants: TodayStop[] = intraday.map((point) => ({
    type: 'today',
    index: place(point.at),
    value: Number(point.value),
    point,
  }));
  const liveStops: LiveStop[] =
    live === null ? [] : [{ type: 'live', index: place(live.asOf), value: Number(live.value), live }];
  return {
    stops: [...instants, ...liveStops].sort((a, b) => a.index - b.index),
    from,
    to: from + BORDER + dayCount,
  };
}

function placeLive(live: LiveValue, lastIndex: number): LiveStop {
  const index = lastIndex + Math.max(1, lastIndex * LIVE_DISTANCE_SHARE);
  return { type: 'live', index, value: Number(live.value), live };
}
