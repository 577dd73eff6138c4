import type { HistoryDocument, HistoryGap, HistoryPoint, LiveValue } from '@/lib/domain/history';
import { KINDS, type Kind } from '@/lib/domain/kind';
import { addDays, daysBetween, type TradingDate } from '@/lib/domain/trading-date';
import { findLive } from './newest-value';

/** One expected trading day: one slot on the x axis. The value is null inside a gap, and nowhere else. */
export interface ChartRow {
  readonly index: number;
  /** Exact for a point and at the ends of a gap; evenly spread within one, and then only good for axis labels. */
  readonly date: TradingDate;
  /** A number for pixels; the exact amount is the stop's. */
  readonly value: number | null;
}

export interface PlotPoint {
  readonly index: number;
  readonly value: number;
}

/** A longest run of links of one kind, each between two consecutive days; neighbouring runs share a point. */
export interface Segment {
  readonly kind: Kind;
  readonly points: readonly PlotPoint[];
}

/** A gap's slots on the x axis, both inclusive. */
export interface GapBand {
  readonly from: number;
  readonly to: number;
  readonly gap: HistoryGap;
}

/** What the reader can stop at: a day with its value, a whole gap, or the live value. */
export type Stop =
  | { readonly type: 'point'; readonly index: number; readonly value: number; readonly point: HistoryPoint }
  | { readonly type: 'gap'; readonly index: number; readonly band: GapBand }
  | { readonly type: 'live'; readonly index: number; readonly value: number; readonly live: LiveValue };

export interface ChartSeries {
  readonly rows: readonly ChartRow[];
  readonly segments: readonly Segment[];
  /** Points with a gap or nothing on both sides: no line touches them, so they are drawn as dots. */
  readonly lonePoints: readonly (PlotPoint & { readonly kind: Kind })[];
  readonly bands: readonly GapBand[];
  readonly stops: readonly Stop[];
  /** The range of the x axis, half a slot wider than its outermost slots. */
  readonly xDomain: readonly [number, number];
}

/** The live value stands this share of the range apart from the last day, since it is not yet a day. */
const LIVE_DISTANCE_SHARE = 0.03;

/** Lays points and gaps out by date, one slot for each trading day. The order of the input does not matter. */
export function buildChartSeries(history: Pick<HistoryDocument, 'points' | 'gaps' | 'live'>): ChartSeries {
  const rows: ChartRow[] = [];
  const bands: GapBand[] = [];
  const stops: Stop[] = [];
  for (const entry of sortByDate(history.points, history.gaps)) {
    const index = rows.length;
    if ('gap' in entry) {
      const { gap } = entry;
      const days = Math.max(1, gap.days);
      const band = { from: index, to: index + days - 1, gap };
      for (let day = 0; day < days; day += 1) {
        rows.push({ index: index + day, date: spreadDate(gap, day), value: null });
      }
      bands.push(band);
      stops.push({ type: 'gap', index: (band.from + band.to) / 2, band });
    } else {
      const { point } = entry;
      const value = Number(point.value);
      rows.push({ index, date: point.date, value });
      stops.push({ type: 'point', index, value, point });
    }
  }
  const lastIndex = rows.length - 1;
  const liveValue = findLive(history);
  const live = liveValue === null ? null : placeLive(liveValue, lastIndex);
  if (live !== null) stops.push(live);
  return {
    rows,
    ...joinPoints(stops),
    bands,
    stops,
    xDomain: [-0.5, Math.max(0, live?.index ?? lastIndex) + 0.5],
  };
}

function placeLive(live: LiveValue, lastIndex: number): Extract<Stop, { type: 'live' }> {
  const index = lastIndex + Math.max(1, lastIndex * LIVE_DISTANCE_SHARE);
  return { type: 'live', index, value: Number(live.value), live };
}

type Entry = { readonly point: HistoryPoint } | { readonly gap: HistoryGap };

function sortByDate(points: readonly HistoryPoint[], gaps: readonly HistoryGap[]): Entry[] {
  const startOf = (entry: Entry) => ('gap' in entry ? entry.gap.from : entry.point.date);
  const entries: Entry[] = [...points.map((point) => ({ point })), ...gaps.map((gap) => ({ gap }))];
  return entries.sort((a, b) => (startOf(a) < startOf(b) ? -1 : startOf(a) > startOf(b) ? 1 : 0));
}

function spreadDate(gap: HistoryGap, day: number): TradingDate {
  if (gap.days <= 1) return gap.from;
  return addDays(gap.from, Math.round((daysBetween(gap.from, gap.to) * day) / (gap.days - 1)));
}

function joinPoints(stops: readonly Stop[]): Pick<ChartSeries, 'segments' | 'lonePoints'> {
  const segments: { kind: Kind; points: PlotPoint[] }[] = [];
  const lonePoints: (PlotPoint & { kind: Kind })[] = [];
  stops.forEach((stop, at) => {
    if (stop.type !== 'point') return;
    const before = stops[at - 1];
    const here = { index: stop.index, value: stop.value };
    if (before?.type === 'point') {
      const kind = worseKind(before.point.kind, stop.point.kind);
      const open = segments.at(-1);
      if (open?.kind === kind && open.points.at(-1)?.index === before.index) open.points.push(here);
      else segments.push({ kind, points: [{ index: before.index, value: before.value }, here] });
    } else if (stops[at + 1]?.type !== 'point') {
      lonePoints.push({ ...here, kind: stop.point.kind });
    }
  });
  return { segments, lonePoints };
}

/** A link is only as sure as its less sure end. */
function worseKind(a: Kind, b: Kind): Kind {
  return KINDS.indexOf(a) > KINDS.indexOf(b) ? a : b;
}

/** The stop whose slots hold the place `x` on the axis, or the nearest one; null when there is nothing at all. */
export function findStop(stops: readonly Stop[], x: number): number | null {
  let best: number | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  stops.forEach((stop, at) => {
    const reach = stop.type === 'gap' ? (stop.band.to - stop.band.from) / 2 : 0;
    const distance = Math.max(0, Math.abs(x - stop.index) - reach);
    if (distance < bestDistance) {
      best = at;
      bestDistance = distance;
    }
  });
  return best;
}
