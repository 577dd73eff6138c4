import type { Formats } from '@/components/format/formats';
import type { Amount } from '@/lib/domain/money';
import type { Measure } from '@/lib/domain/states';
import type { Benchmark, HistoryDocument } from '@/lib/history/document';
import type { PointStop, Stop } from './data-points';
import { type DateTick, fitValueScale, placeDateTicks, type ValueScale } from './scale';
import {
  type GainArea,
  joinRuns,
  type PairedPoint,
  type PlotPoint,
  type Segment,
  splitGainAreas,
  thinPoints,
  thinSegments,
} from './segments';
import { buildChartSeries, type ChartSeries, isComparable, isOfMoney } from './series';

/**
 * Where the plot lies inside the chart's box, in pixels from each edge. The chart is told these numbers and
 * the crosshair uses the same ones, so that nothing has to be measured while a finger moves.
 */
interface PlotLayout {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

const AXIS_CHARACTER_WIDTH = 7.5;
const AXIS_GUTTER = 16;

/** Leaves room on the right for the longest label of the value axis and below for the dates. */
function layOutPlot(valueLabels: readonly string[]): PlotLayout {
  const longest = valueLabels.reduce((length, label) => Math.max(length, label.length), 0);
  return { top: 12, right: Math.ceil(longest * AXIS_CHARACTER_WIDTH) + AXIS_GUTTER, bottom: 30, left: 0 };
}

/** Everything that a chart of one measure shows, in slots and values; whoever draws it brings the pixels. */
export interface Drawing {
  readonly measure: Measure;
  readonly series: ChartSeries;
  /** The line as it is drawn: thinned where the screen could not show every day. */
  readonly segments: readonly Segment[];
  readonly runs: readonly (readonly PlotPoint[])[];
  /** What was put in beside the value; empty for other measures. */
  readonly paidIn: readonly (readonly PairedPoint[])[];
  readonly gainAreas: readonly GainArea[];
  /** Thinned as a line, and whole by slot. */
  readonly benchmark: {
    readonly name: string;
    readonly points: readonly PlotPoint[];
    readonly values: ReadonlyMap<number, number>;
  } | null;
  /** What net deposits come on top of. */
  readonly firstValue: Amount | null;
  readonly scale: ValueScale;
  readonly valueLabels: readonly string[];
  readonly dateTicks: readonly DateTick[];
  readonly layout: PlotLayout;
}

const FLAT_ROOM_FRACTION = 0.01;

/** Works out a drawing. Nothing in it depends on the size of the screen, so the server makes the same one. */
export function buildDrawing(history: HistoryDocument, measure: Measure, formats: Formats): Drawing {
  const series = buildChartSeries(history, measure);
  const slots = series.rows.length;
  const segments = thinSegments(series.segments, slots, eventSlots(series.stops));
  const runs = joinRuns(segments);
  const paidIn = measure === 'deposits' ? pairWithDeposits(runs, series.stops) : [];
  const benchmark = thinBenchmark(history.benchmark, series, measure);
  const values = [
    ...series.stops.flatMap((stop) => (stop.type === 'gap' || stop.value === null ? [] : [stop.value])),
    ...paidIn.flat().map((point) => point.paidIn),
    ...(benchmark?.points.map((point) => point.value) ?? []),
  ];
  const scale = isOfMoney(measure)
    ? fitValueScale(values)
    : fitValueScale(values.length === 0 ? [] : [0, ...values], FLAT_ROOM_FRACTION);
  const valueLabels = isOfMoney(measure) ? formats.axisMoney(scale.ticks) : formats.axisPercent(scale.ticks);
  return {
    measure,
    series,
    segments,
    runs,
    paidIn,
    gainAreas: paidIn.flatMap(splitGainAreas),
    benchmark,
    firstValue: series.stops.find((stop) => stop.type === 'point')?.point.value ?? null,
    scale,
    valueLabels,
    dateTicks: placeDateTicks(series.rows, formats),
    layout: layOutPlot(valueLabels),
  };
}

/** The slots of days on which something happened; thinning leaves them alone. */
function eventSlots(stops: readonly Stop[]): ReadonlySet<number> {
  const eventful = stops.filter(
    (stop) => stop.type === 'point' && (stop.flows.length > 0 || stop.corrections.length > 0),
  );
  return new Set(eventful.map((stop) => stop.index));
}

function thinBenchmark(
  benchmark: Benchmark | null,
  series: ChartSeries,
  measure: Measure,
): Drawing['benchmark'] {
  const points = benchmark === null ? [] : placeBenchmark(benchmark, series, measure);
  if (benchmark === null || points.length < 2) return null;
  return {
    name: benchmark.name,
    points: thinPoints(points, series.rows.length, new Set()),
    values: new Map(points.map(({ index, value }) => [index, value])),
  };
}

/**
 * Value and what was put in, over the days on which both are known, in connected parts. Put in is the first value and the
 * net deposits since. `runs` are the connected parts of the value's line.
 */
function pairWithDeposits(runs: readonly (readonly PlotPoint[])[], stops: readonly Stop[]): PairedPoint[][] {
  const days = stops.filter(isPointStop);
  const first = Number(days[0]?.point.value);
  const deposits = new Map(days.map(({ index, point }) => [index, point.netDeposits]));
  const parts: PairedPoint[][] = [];
  for (const run of runs) {
    let open: PairedPoint[] = [];
    for (const { index, value } of run) {
      const netDeposits = deposits.get(index) ?? null;
      if (netDeposits !== null) open.push({ index, value, paidIn: first + Number(netDeposits) });
      else if (open.length > 0) {
        parts.push(open);
        open = [];
      }
    }
    if (open.length > 0) parts.push(open);
  }
  return parts;
}

/**
 * The benchmark as if the portfolio had followed it since its first trusted day: in money beside values, as a fraction
 * beside returns, and not at all beside other measures, which it has no meaning for.
 */
function placeBenchmark(
  benchmark: Benchmark,
  { rows, stops }: Pick<ChartSeries, 'rows' | 'stops'>,
  measure: Measure,
): PlotPoint[] {
  if (!isComparable(measure)) return [];
  const closes = new Map(benchmark.points.map(({ date, close }) => [date, Number(close)]));
  const base = stops
    .filter(isPointStop)
    .find(({ point }) => point.kind !== 'estimated' && closes.has(point.date))?.point;
  if (base === undefined) return [];
  const baseClose = closes.get(base.date) ?? Number.NaN;
  return rows.flatMap(({ index, date }) => {
    const close = closes.get(date);
    if (close === undefined || date < base.date) return [];
    const growth = close / baseClose;
    return [{ index, value: measure === 'value' ? Number(base.value) * growth : growth - 1 }];
  });
}

function isPointStop(stop: Stop): stop is PointStop {
  return stop.type === 'point';
}

/** The chart's height, shared with the skeleton and the table that stand in its place, so nothing jumps. */
export const CHART_HEIGHT = 'h-[clamp(17rem,42vw,25rem)]';

/** The least height of the caption above it; on a phone a day is read in its place. */
export const CAPTION_HEIGHT = 'min-h-24 pb-2 sm:min-h-16';

/** From slots and values to places in a drawing, and the edges of the plot in it. */
export interface Plane {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Points as the data of a path: one move, then straight lines. */
export function tracePoints(
  points: readonly { readonly index: number; readonly value: number }[],
  plane: Plane,
) {
  return `M${points.map(({ index, value }) => `${round(plane.x(index))},${round(plane.y(value))}`).join('L')}`;
}

/** A hundredth of a pixel is finer than any screen, and keeps the document small. */
function round(place: number): number {
  return Math.round(place * 100) / 100;
}
