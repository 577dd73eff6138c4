import type { Formats } from '@/components/format/formats';
import type { Amount } from '@/lib/domain/money';
import type { Measure } from '@/lib/domain/states';
import type { Benchmark, HistoryDocument } from '@/lib/history/document';
import { type DateTick, fitValueScale, placeDateTicks, type ValueScale } from './chart-scale';
import { buildChartSeries, type ChartSeries } from './chart-series';
import { type GainArea, type PairedPoint, splitGainAreas } from './gain-areas';
import { joinRuns, type PlotPoint, type Segment } from './line-segments';
import { isOfMoney } from './measure-point';
import { layOutPlot, type PlotLayout } from './plot-layout';
import { pairWithDeposits, placeBenchmark } from './reference-lines';
import type { Stop } from './stops';
import { thinPoints, thinSegments } from './thin-line';

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
