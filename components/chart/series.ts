import type { Measure } from '@/lib/domain/states';
import { addDays, daysBetween, type TradingDate } from '@/lib/domain/trading-date';
import type {
  Correction,
  HistoryDocument,
  HistoryFlow,
  HistoryGap,
  HistoryPoint,
  LiveValue,
} from '@/lib/history/document';
import type {
  DataPoint,
  DayEvents,
  DayPoint,
  GapBand,
  GapPoint,
  LivePoint,
  SessionPoint,
} from './data-points';
import { type IsolatedPoint, joinPoints, type Segment } from './segments';

/** The value of a measure on a day, as a number for pixels; null where it is not known. */
function measurePoint(point: HistoryPoint, measure: Measure): number | null {
  switch (measure) {
    case 'value':
    case 'deposits':
      return Number(point.value);
    case 'return':
      return point.twr === null ? null : Number(point.twr);
    case 'drawdown':
      return point.drawdown === null ? null : Number(point.drawdown);
  }
}

/** True when the measure is an amount of money, and false when it is a fraction. */
export function isOfMoney(measure: Measure): boolean {
  return measure === 'value' || measure === 'deposits';
}

/** True when an index can be drawn beside the measure; beside deposits and falls it would have no meaning. */
export function isComparable(measure: Measure): boolean {
  return measure === 'value' || measure === 'return';
}

/** The point of the newest day, whatever order the points came in; null without points. */
export function findNewestPoint(points: readonly HistoryPoint[]): HistoryPoint | null {
  return points.reduce<HistoryPoint | null>(
    (newest, point) => (newest === null || point.date > newest.date ? point : newest),
    null,
  );
}

/**
 * The live value where it is newer than the newest day; null otherwise. Between a close and the next open the
 * broker repeats that close, and to call it live would show an old value as a new one.
 */
export function findLive({ points, live }: Pick<HistoryDocument, 'points' | 'live'>): LiveValue | null {
  const newest = findNewestPoint(points);
  if (live === null || newest === null) return live;
  return Date.parse(live.asOf) > Date.parse(newest.asOf) ? live : null;
}

/** The live value stands this share of the range apart from the last day, since it is not yet a day. */
const LIVE_DISTANCE_SHARE = 0.03;
/** So much of a slot parts the days from the instants after them. */
const BORDER = 0.25;

/** What lies to the right of the days. */
interface TodaySlots {
  readonly dataPoints: readonly (SessionPoint | LivePoint)[];
  /** The border between the days and the instants since the last close; null without such instants. */
  readonly from: number | null;
  /** Where the axis ends: for an open session at its close. */
  readonly to: number;
}

/**
 * Places what is known since the last close to the right of `dayCount` days, true to the time within the session: as much
 * room as all the days take, since it is only asked for where these are few.
 */
function layOutToday(
  { intraday, live, market }: Pick<HistoryDocument, 'intraday' | 'live' | 'market'>,
  dayCount: number,
): TodaySlots {
  const first = intraday[0];
  const last = intraday.at(-1);
  if (first === undefined || last === undefined) {
    const dataPoints = live === null ? [] : [placeLive(live, market, dayCount - 1)];
    return { dataPoints, from: null, to: dataPoints[0]?.index ?? dayCount - 1 };
  }
  const start = Date.parse(first.at);
  const ends = [last.at, ...(live === null ? [] : [live.asOf]), ...(market.isOpen ? [market.changesAt] : [])];
  const length = Math.max(1, ...ends.map((end) => Date.parse(end) - start));
  const from = dayCount - 1 + BORDER;
  const place = (at: string) => from + BORDER + Math.max(0, (Date.parse(at) - start) / length) * dayCount;
  const instants: SessionPoint[] = intraday.map((point) => ({
    type: 'today',
    index: place(point.at),
    value: Number(point.value),
    point,
  }));
  const livePoints: LivePoint[] =
    live === null
      ? []
      : [{ type: 'live', name: nameLive(market), index: place(live.asOf), value: Number(live.value), live }];
  return {
    dataPoints: [...instants, ...livePoints].sort((a, b) => a.index - b.index),
    from,
    to: from + BORDER + dayCount,
  };
}

function nameLive({ isOpen }: HistoryDocument['market']): LivePoint['name'] {
  return isOpen ? 'Live' : 'Last read';
}

function placeLive(live: LiveValue, market: HistoryDocument['market'], lastIndex: number): LivePoint {
  const index = lastIndex + Math.max(1, lastIndex * LIVE_DISTANCE_SHARE);
  return { type: 'live', name: nameLive(market), index, value: Number(live.value), live };
}

/** One expected trading day: one slot on the x axis. */
export interface ChartRow {
  readonly index: number;
  /** Exact for a point and at the ends of a gap; evenly spread within one, and then only good for axis labels. */
  readonly date: TradingDate;
}

/** What a series is made from. */
type SeriesSource = Pick<
  HistoryDocument,
  'points' | 'gaps' | 'flows' | 'corrections' | 'live' | 'intraday' | 'market'
>;

export interface ChartSeries {
  readonly rows: readonly ChartRow[];
  readonly segments: readonly Segment[];
  readonly isolatedPoints: readonly IsolatedPoint[];
  readonly bands: readonly GapBand[];
  /** In the order of the x axis. */
  readonly dataPoints: readonly DataPoint[];
  /** Where the days end and the instants since the last close begin; null when there are none. */
  readonly todayFrom: number | null;
  /** The range of the x axis, half a slot wider than its outermost slots. */
  readonly xDomain: readonly [number, number];
}

/** Lays points and gaps out by date, one slot for each trading day. The order of the input does not matter. */
export function buildChartSeries(history: SeriesSource, measure: Measure): ChartSeries {
  const rows: ChartRow[] = [];
  const bands: GapBand[] = [];
  const days: (DayPoint | GapPoint)[] = [];
  const entries = sortByDate(history.points, history.gaps);
  const eventsOf = assignEvents(entries, history);
  for (const entry of entries) {
    const index = rows.length;
    const events = eventsOf(entry);
    if ('gap' in entry) {
      const { gap } = entry;
      const length = Math.max(1, gap.days);
      const band = { from: index, to: index + length - 1, gap };
      for (let day = 0; day < length; day += 1) rows.push({ index: index + day, date: spreadDate(gap, day) });
      bands.push(band);
      days.push({ type: 'gap', index: (band.from + band.to) / 2, band, ...events });
    } else {
      const { point } = entry;
      const last = days.at(-1);
      const before = last?.type === 'point' ? last.point : null;
      rows.push({ index, date: point.date });
      days.push({ type: 'point', index, value: measurePoint(point, measure), point, before, ...events });
    }
  }
  const live = findLive(history);
  const today = isOfMoney(measure)
    ? layOutToday({ ...history, live }, rows.length)
    : { dataPoints: [], from: null, to: rows.length - 1 };
  return {
    rows,
    ...joinPoints(days),
    bands,
    dataPoints: [...days, ...today.dataPoints],
    todayFrom: today.from,
    xDomain: [-0.5, Math.max(0, today.to) + 0.5],
  };
}

type Entry = { readonly point: HistoryPoint } | { readonly gap: HistoryGap };

const startOf = (entry: Entry): TradingDate => ('gap' in entry ? entry.gap.from : entry.point.date);
const endOf = (entry: Entry): TradingDate => ('gap' in entry ? entry.gap.to : entry.point.date);

function sortByDate(points: readonly HistoryPoint[], gaps: readonly HistoryGap[]): Entry[] {
  const entries: Entry[] = [...points.map((point) => ({ point })), ...gaps.map((gap) => ({ gap }))];
  return entries.sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
}

/** A flow belongs to the first day that can show it, since money also moves on weekends; a correction to its own day. */
function assignEvents(
  entries: readonly Entry[],
  { flows, corrections }: Pick<SeriesSource, 'flows' | 'corrections'>,
): (entry: Entry) => DayEvents {
  const events = new Map<Entry, { flows: HistoryFlow[]; corrections: Correction[] }>();
  const first = entries[0];
  const eventsAt = (date: TradingDate) => {
    if (first === undefined || date < startOf(first)) return undefined;
    const entry = entries[findFirst(entries, (each) => endOf(each) >= date)];
    if (entry === undefined) return undefined;
    const found = events.get(entry) ?? { flows: [], corrections: [] };
    events.set(entry, found);
    return { entry, found };
  };
  for (const flow of flows ?? []) eventsAt(flow.date)?.found.flows.push(flow);
  for (const correction of corrections) {
    const at = eventsAt(correction.date);
    if (at !== undefined && startOf(at.entry) <= correction.date) at.found.corrections.push(correction);
  }
  return (entry) => events.get(entry) ?? NO_EVENTS;
}

const NO_EVENTS: DayEvents = { flows: [], corrections: [] };

/** The first place from which on the rule holds, or the length; what follows a true place must be true too. */
function findFirst<T>(sorted: readonly T[], rule: (each: T) => boolean): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = sorted[middle];
    if (each !== undefined && rule(each)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function spreadDate(gap: HistoryGap, day: number): TradingDate {
  if (gap.days <= 1) return gap.from;
  return addDays(gap.from, Math.round((daysBetween(gap.from, gap.to) * day) / (gap.days - 1)));
}

/** The data point whose slots hold the place `x` on the axis, or the nearest one; null when there is nothing at all. */
export function findDataPoint(dataPoints: readonly DataPoint[], x: number): number | null {
  if (dataPoints.length === 0) return null;
  const distance = (at: number) => {
    const dataPoint = dataPoints[at];
    if (dataPoint === undefined) return Number.POSITIVE_INFINITY;
    const reach = dataPoint.type === 'gap' ? (dataPoint.band.to - dataPoint.band.from) / 2 : 0;
    return Math.max(0, Math.abs(x - dataPoint.index) - reach);
  };
  const after = findFirst(dataPoints, (dataPoint) => dataPoint.index >= x);
  return distance(after - 1) <= distance(after) ? after - 1 : after;
}
