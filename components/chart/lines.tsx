import { KINDS, type Kind } from '@/lib/domain/states';
import { type ChartLayout, type PlotArea, tracePoints } from './layout';
import { labelEnd, type PointLabel } from './point-labels';
import type { IsolatedPoint, Segment } from './segments';

/** The space between the line and the bottom, or zero, tinted: it ends where the line ends. */
export function AreaFill({
  layout,
  plotArea,
}: {
  readonly layout: ChartLayout;
  readonly plotArea: PlotArea;
}) {
  const { measure, runs, scale } = layout;
  if (measure === 'deposits') return null;
  const base = measure === 'value' ? scale.domain[0] : 0;
  return (
    <path
      data-area=""
      d={runs
        .map((run) => {
          const back = [run.at(-1), run[0]].flatMap((end) =>
            end === undefined ? [] : [{ index: end.index, value: base }],
          );
          return `${tracePoints([...run, ...back], plotArea)}Z`;
        })
        .join('')}
      fill="var(--accent)"
      fillOpacity={0.07}
    />
  );
}

/** Gain is tinted and loss is hatched, so that the two differ without their colours. */
export function GainAreas({
  layout,
  plotArea,
}: {
  readonly layout: ChartLayout;
  readonly plotArea: PlotArea;
}) {
  return (
    <>
      <defs>
        <pattern
          id="loss-hatch"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(-45)"
        >
          <line x1="0" y1="0" x2="0" y2="6" stroke="var(--loss)" strokeWidth="2" />
        </pattern>
      </defs>
      {(['gain', 'loss'] as const).map((side) => (
        <path
          key={side}
          data-area={side}
          d={layout.gainAreas
            .filter((area) => area.side === side)
            .map((area) => `${tracePoints(area.outline, plotArea)}Z`)
            .join('')}
          fill={side === 'gain' ? 'var(--gain)' : 'url(#loss-hatch)'}
          fillOpacity={side === 'gain' ? 0.16 : 0.6}
        />
      ))}
    </>
  );
}

/** The stroke of each kind, used by the line and by the legend alike: surer knowledge, fuller line. */
export const LINE_STYLES = {
  daily_eod: { stroke: 'var(--accent)', strokeWidth: 2, strokeLinecap: 'round' },
  reconstructed: { stroke: 'var(--accent)', strokeWidth: 2, strokeDasharray: '5 3', strokeLinecap: 'butt' },
  estimated: {
    stroke: 'var(--ink-soft)',
    strokeWidth: 2.5,
    strokeDasharray: '0.1 5',
    strokeLinecap: 'round',
  },
} as const satisfies Readonly<Record<Kind, object>>;

/** Lines beside the portfolio's own are thinner, and no kind has their dash. */
export const REFERENCE_STYLES = {
  paidIn: { stroke: 'var(--ink)', strokeWidth: 1.5 },
  benchmark: { stroke: 'var(--ink-soft)', strokeWidth: 1.5, strokeDasharray: '10 3 2 3' },
  today: { stroke: 'var(--accent)', strokeWidth: 1.25 },
  knownPart: { stroke: 'var(--accent)', strokeWidth: 1.25, strokeDasharray: '8 4 2 4' },
} as const;

/**
 * The line itself: straight from day to day, in its kind's stroke, and only where both days are known.
 * One path per kind carries all its segments, so years of days stay cheap to draw.
 */
export function KnownLines({
  segments,
  plotArea,
}: {
  readonly segments: readonly Segment[];
  readonly plotArea: PlotArea;
}) {
  return KINDS.map((kind) => (
    <path
      key={kind}
      data-kind={kind}
      d={segments
        .filter((segment) => segment.kind === kind)
        .map((segment) => tracePoints(segment.points, plotArea))
        .join('')}
      fill="none"
      strokeLinejoin="round"
      vectorEffect="non-scaling-stroke"
      {...LINE_STYLES[kind]}
    />
  ));
}

/** Days that no line touches, as dots. */
export function IsolatedPoints({
  points,
  plotArea,
}: {
  readonly points: readonly IsolatedPoint[];
  readonly plotArea: PlotArea;
}) {
  return points.map((point) => (
    <circle
      key={point.index}
      data-kind={point.kind}
      cx={plotArea.x(point.index)}
      cy={plotArea.y(point.value)}
      r={3.5}
      fill={LINE_STYLES[point.kind].stroke}
    />
  ));
}

/** What was put in and the benchmark, as lines beside the portfolio's own. */
export function ReferenceLines({
  layout,
  plotArea,
}: {
  readonly layout: ChartLayout;
  readonly plotArea: PlotArea;
}) {
  const { paidIn, benchmark, knownPart } = layout;
  return (
    <>
      {knownPart.length > 0 && (
        <path
          data-line="known-part"
          // A single day is a line to itself, whose round ends make a dot.
          d={knownPart
            .map((run) => tracePoints(run.length === 1 ? [...run, ...run] : run, plotArea))
            .join('')}
          fill="none"
          strokeLinejoin="round"
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
          {...REFERENCE_STYLES.knownPart}
        />
      )}
      {paidIn.length > 0 && (
        <path
          data-line="paid-in"
          d={paidIn
            .map((part) => part.map(({ index, paidIn: value }) => ({ index, value })))
            .map((part) => tracePoints(part, plotArea))
            .join('')}
          fill="none"
          vectorEffect="non-scaling-stroke"
          {...REFERENCE_STYLES.paidIn}
        />
      )}
      {benchmark !== null && (
        <path
          data-line="benchmark"
          d={tracePoints(benchmark.points, plotArea)}
          fill="none"
          strokeLinejoin="round"
          vectorEffect="non-scaling-stroke"
          {...REFERENCE_STYLES.benchmark}
        />
      )}
    </>
  );
}

/** The names of the lines at their ends, held apart from each other. */
export function ReferenceNames({
  layout,
  plotArea,
}: {
  readonly layout: ChartLayout;
  readonly plotArea: PlotArea;
}) {
  const { paidIn, benchmark, knownPart } = layout;
  const lastKnown = knownPart.at(-1)?.at(-1);
  const lastPaidIn = paidIn.at(-1)?.at(-1);
  const lastOfBenchmark = benchmark?.points.at(-1);
  const lastOfLine = layout.runs.at(-1)?.at(-1);
  const isAboveLine = (value: number) => lastOfLine === undefined || value >= lastOfLine.value;
  const nameAt = (text: string, index: number, value: number, isAbove: boolean) => (
    <PointName
      label={labelEnd(
        text,
        { x: plotArea.x(index), y: plotArea.y(value) },
        isAbove,
        layout.extremes,
        plotArea,
      )}
      weight={600}
    />
  );
  return (
    <>
      {lastKnown !== undefined &&
        nameAt(`Without ${lastKnown.without.join(', ')}`, lastKnown.index, lastKnown.value, true)}
      {lastPaidIn !== undefined &&
        nameAt('Money invested', lastPaidIn.index, lastPaidIn.paidIn, isAboveLine(lastPaidIn.paidIn))}
      {benchmark !== null &&
        lastOfBenchmark !== undefined &&
        nameAt(
          benchmark.name,
          lastOfBenchmark.index,
          lastOfBenchmark.value,
          isAboveLine(lastOfBenchmark.value),
        )}
    </>
  );
}

/** A label beside a point, readable over whatever it lies on. */
export function PointName({ label, weight }: { readonly label: PointLabel; readonly weight: 500 | 600 }) {
  return (
    <text
      x={label.x}
      y={label.y}
      textAnchor={label.anchor}
      fill="var(--ink-soft)"
      fontSize={12}
      fontWeight={weight}
      stroke="var(--surface)"
      strokeWidth={4}
      paintOrder="stroke"
      className="tabular"
    >
      {label.text}
    </text>
  );
}
