import type { Formats } from '@/components/format/formats';
import { roundToAmount } from '@/lib/domain/amount';
import type { Measure } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Benchmark, HistoryDocument, HistoryFlow, HistoryPoint } from '@/lib/history/document';
import type { DayNote } from '@/lib/notes/document';
import type { DataPoint, DayPoint, KnownPartPoint } from './data-points';
import { findKnownPart } from './known-part';
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
 * Where the plot lies inside the chart's box, in pixels from each edge. The chart gets these numbers and
 * the crosshair uses the same ones, so that nothing has to be measured while a finger moves.
 */
interface PlotInsets {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

const AXIS_CHARACTER_WIDTH = 7.5;
const AXIS_GUTTER = 16;

/** Leaves room on the right for the longest label of the value axis and below for the dates. */
function plotInsets(valueLabels: readonly string[]): PlotInsets {
  const longest = valueLabels.reduce((length, label) => Math.max(length, label.length), 0);
  return { top: 20, right: Math.ceil(longest * AXIS_CHARACTER_WIDTH) + AXIS_GUTTER, bottom: 30, left: 0 };
}

/** Everything that a chart of one measure shows, in slots and values; whoever draws it brings the pixels. */
export interface ChartLayout {
  readonly measure: Measure;
  readonly series: ChartSeries;
  /** The line as it is drawn: thinned where the screen could not show every day. */
  readonly segments: readonly Segment[];
  readonly runs: readonly (readonly PlotPoint[])[];
  /** What was put in beside the value; empty for other measures. */
  readonly paidIn: readonly (readonly PairedPoint[])[];
  readonly gainAreas: readonly GainArea[];
  /** The reader's own words by day. */
  readonly notes: ReadonlyMap<TradingDate, string>;
  /** What known accounts were worth on days without a total, in connected runs. */
  readonly knownPart: readonly (readonly KnownPartPoint[])[];
  /** Thinned as a line, and whole by slot. */
  readonly benchmark: {
    readonly name: string;
    readonly points: readonly PlotPoint[];
    readonly values: ReadonlyMap<number, number>;
  } | null;
  /** What net deposits come on top of, and changes are measured from. */
  readonly first: HistoryPoint | null;
  /** The highest, the lowest and the last value, which are labelled; fewer where they would say the same twice. */
  readonly extremes: readonly Extreme[];
  /** Whose accounts are shown, each once. */
  readonly brokerages: readonly string[];
  readonly scale: ValueScale;
  readonly valueLabels: readonly string[];
  readonly dateTicks: readonly DateTick[];
  readonly insets: PlotInsets;
}

/** A value of the line that is labelled where it stands. */
export interface Extreme {
  readonly name: 'high' | 'low' | 'last';
  readonly index: number;
  readonly value: number;
  readonly label: string;
}

/** With fewer days than this the line itself shows them. */
const LABELLED_DAYS_MIN = 5;

function findExtremes(
  dataPoints: readonly DataPoint[],
  measure: Measure,
  formats: Formats,
): readonly Extreme[] {
  if (measure === 'deposits') return [];
  const days = dataPoints.flatMap((each) =>
    each.type === 'point' && each.value !== null ? [{ index: each.index, value: each.value }] : [],
  );
  const last = days.at(-1);
  if (last === undefined || days.length < LABELLED_DAYS_MIN) return [];
  const high = days.reduce((best, day) => (day.value > best.value ? day : best));
  const low = days.reduce((best, day) => (day.value < best.value ? day : best));
  const write = (value: number) => {
    const amount = roundToAmount(value, isOfMoney(measure) ? 2 : 8);
    if (amount === null) return '';
    return isOfMoney(measure) ? formats.wholeMoney(amount) : formats.signedPercent(amount);
  };
  const named = (name: Extreme['name'], { index, value }: PlotPoint): Extreme => ({
    name,
    index,
    value,
    label: write(value),
  });
  return [
    ...(high.value > low.value && high !== last && measure !== 'drawdown' ? [named('high', high)] : []),
    ...(high.value > low.value && low !== last ? [named('low', low)] : []),
    named('last', last),
  ];
}

const FLAT_ROOM_FRACTION = 0.01;

/** Works out a layout. Nothing in it depends on the size of the screen, so the server makes the same one. */
export function buildChartLayout(
  history: HistoryDocument,
  measure: Measure,
  formats: Formats,
  notes: readonly DayNote[] = [],
): ChartLayout {
  const series = buildChartSeries(history, measure);
  const slots = series.rows.length;
  const segments = thinSegments(series.segments, slots, eventSlots(series.dataPoints));
  const runs = joinRuns(segments);
  const paidIn = measure === 'deposits' ? pairWithDeposits(runs, series.dataPoints) : [];
  const benchmark = thinBenchmark(history, series, measure);
  const knownPart = findKnownPart(history, series.bands, measure);
  const values = [
    ...series.dataPoints.flatMap((dataPoint) =>
      dataPoint.type === 'gap' || dataPoint.value === null ? [] : [dataPoint.value],
    ),
    ...paidIn.flat().map((point) => point.paidIn),
    ...(benchmark?.points.map((point) => point.value) ?? []),
    ...knownPart.flat().map((point) => point.value),
  ];
  const scale = isOfMoney(measure)
    ? fitValueScale(values)
    : fitValueScale(values.length === 0 ? [] : [0, ...values], FLAT_ROOM_FRACTION);
  const extremes = findExtremes(series.dataPoints, measure, formats);
  const valueLabels = isOfMoney(measure) ? formats.axisMoney(scale.ticks) : formats.axisPercent(scale.ticks);
  return {
    measure,
    series,
    segments,
    runs,
    paidIn,
    gainAreas: paidIn.flatMap(splitGainAreas),
    knownPart,
    notes: new Map(notes.map(({ date, text }) => [date, text])),
    benchmark,
    first: series.dataPoints.find((dataPoint) => dataPoint.type === 'point')?.point ?? null,
    extremes,
    brokerages: [
      ...new Set(history.accounts.filter(({ isShown }) => isShown).map(({ institution }) => institution)),
    ],
    scale,
    valueLabels,
    dateTicks: placeDateTicks(series.rows, formats),
    insets: plotInsets([
      ...valueLabels,
      ...extremes.flatMap(({ name, label }) => (name === 'last' ? [label] : [])),
    ]),
  };
}

/** The slots of days on which something happened; thinning leaves them alone. */
function eventSlots(dataPoints: readonly DataPoint[]): ReadonlySet<number> {
  const eventful = dataPoints.filter(
    (dataPoint) =>
      dataPoint.type === 'point' && (dataPoint.flows.length > 0 || dataPoint.corrections.length > 0),
  );
  return new Set(eventful.map((dataPoint) => dataPoint.index));
}

function thinBenchmark(
  { benchmark, flows }: Pick<HistoryDocument, 'benchmark' | 'flows'>,
  series: ChartSeries,
  measure: Measure,
): ChartLayout['benchmark'] {
  const points = benchmark === null ? [] : placeBenchmark(benchmark, flows, series, measure);
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
function pairWithDeposits(
  runs: readonly (readonly PlotPoint[])[],
  dataPoints: readonly DataPoint[],
): PairedPoint[][] {
  const days = dataPoints.filter(isDayPoint);
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
 * The benchmark as if it had been bought on the portfolio's first trusted day: as a fraction beside returns, and in money
 * beside values, with every later deposit put into it and every withdrawal taken out of it on its day, since a line without
 * them would be compared with money that it never had. Beside other measures it has no meaning, nor beside values while
 * deposits are not known.
 */
function placeBenchmark(
  benchmark: Benchmark,
  flows: readonly HistoryFlow[] | null,
  { rows, dataPoints }: Pick<ChartSeries, 'rows' | 'dataPoints'>,
  measure: Measure,
): PlotPoint[] {
  if (!isComparable(measure)) return [];
  const closes = new Map(benchmark.points.map(({ date, close }) => [date, Number(close)]));
  const base = dataPoints
    .filter(isDayPoint)
    .find(({ point }) => point.kind !== 'estimated' && closes.has(point.date))?.point;
  if (base === undefined) return [];
  const baseClose = closes.get(base.date) ?? Number.NaN;
  if (measure === 'value' && flows === null) return [];
  const waiting = (flows ?? []).filter((flow) => flow.date > base.date);
  let shares = Number(base.value) / baseClose;
  let next = 0;
  return rows.flatMap(({ index, date }) => {
    const close = closes.get(date);
    if (close === undefined || date < base.date) return [];
    if (measure === 'return') return [{ index, value: close / baseClose - 1 }];
    // What moves on a day without a close is invested at the next one.
    for (let flow = waiting[next]; flow !== undefined && flow.date <= date; flow = waiting[next]) {
      shares += Number(flow.amount) / close;
      next += 1;
    }
    return [{ index, value: shares * close }];
  });
}

function isDayPoint(dataPoint: DataPoint): dataPoint is DayPoint {
  return dataPoint.type === 'point';
}

/** The chart's height, shared with the skeleton and the table that stand in its place, so nothing jumps. */
export const CHART_HEIGHT = 'h-[clamp(17rem,38vw,23rem)]';

/** From slots and values to places in a chart, and the edges of the plot in it. */
export interface PlotArea {
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
  plotArea: PlotArea,
) {
  return `M${points.map(({ index, value }) => `${round(plotArea.x(index))},${round(plotArea.y(value))}`).join('L')}`;
}

/** A hundredth of a pixel is finer than any screen, and keeps the document small. */
function round(place: number): number {
  return Math.round(place * 100) / 100;
}
