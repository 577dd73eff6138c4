import type { Drawing } from './drawing';
import { REFERENCE_STYLES } from './line-styles';
import { type Plane, tracePoints } from './plane';

/** What was put in and the benchmark, as lines beside the portfolio's own. */
export function ReferenceLines({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { paidIn, benchmark } = drawing;
  return (
    <>
      {paidIn.length > 0 && (
        <path
          data-line="paid-in"
          d={paidIn
            .map((part) => part.map(({ index, paidIn: value }) => ({ index, value })))
            .map((part) => tracePoints(part, plane))
            .join('')}
          fill="none"
          vectorEffect="non-scaling-stroke"
          {...REFERENCE_STYLES.paidIn}
        />
      )}
      {benchmark !== null && (
        <path
          data-line="benchmark"
          d={tracePoints(benchmark.points, plane)}
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
export function ReferenceNames({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { paidIn, benchmark } = drawing;
  const lastPaidIn = paidIn.at(-1)?.at(-1);
  const lastOfBenchmark = benchmark?.points.at(-1);
  const lastOfLine = drawing.runs.at(-1)?.at(-1);
  const isAboveLine = (value: number) => lastOfLine === undefined || value >= lastOfLine.value;
  return (
    <>
      {lastPaidIn !== undefined && (
        <EndName
          text="Contributed"
          x={plane.x(lastPaidIn.index)}
          y={plane.y(lastPaidIn.paidIn)}
          isAbove={isAboveLine(lastPaidIn.paidIn)}
        />
      )}
      {benchmark !== null && lastOfBenchmark !== undefined && (
        <EndName
          text={benchmark.name}
          x={plane.x(lastOfBenchmark.index)}
          y={plane.y(lastOfBenchmark.value)}
          isAbove={isAboveLine(lastOfBenchmark.value)}
        />
      )}
    </>
  );
}

function EndName({
  text,
  x,
  y,
  isAbove,
}: {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly isAbove: boolean;
}) {
  return (
    <text
      x={x}
      y={isAbove ? y - 8 : y + 17}
      textAnchor="end"
      fill="var(--ink-soft)"
      fontSize={12}
      fontWeight={600}
      stroke="var(--surface)"
      strokeWidth={4}
      paintOrder="stroke"
    >
      {text}
    </text>
  );
}
