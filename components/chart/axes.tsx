import type { ChartLayout, PlotArea } from './layout';
import type { DateTick } from './scale';

/** A length along the drawing: pixels, or a percentage where its size is not known. */
type Length = number | string;

/** Where slots and values stand, and the edges of the plot. */
export interface AxesPlace {
  readonly x: (index: number) => Length;
  readonly y: (value: number) => Length;
  readonly left: Length;
  readonly right: Length;
  readonly top: Length;
  readonly bottom: Length;
}

const CHARACTER_WIDTH = 6.6;
const LABEL_DISTANCE = 16;

/** Every which date is labelled, so that no label touches the next. */
export function chooseDateStep(ticks: readonly DateTick[], { x }: Pick<PlotArea, 'x'>): number {
  for (let step = 1; step < ticks.length; step += 1) {
    const shown = ticks.filter((_, at) => at % step === 0);
    const isRoomy = shown.every((tick, at) => {
      const next = shown[at + 1];
      return (
        next === undefined ||
        x(next.index) - x(tick.index) >= tick.label.length * CHARACTER_WIDTH + LABEL_DISTANCE
      );
    });
    if (isRoomy) return step;
  }
  return Math.max(1, ticks.length);
}

/** This share of the axis is as high as a label on the smallest screen. */
const LABEL_SHARE = 0.07;

/** Whether the label of the last value lies over a mark of the axis. */
function isCovered(tick: number, { extremes, scale: { domain } }: ChartLayout): boolean {
  const last = extremes.find(({ name }) => name === 'last');
  return last !== undefined && Math.abs(tick - last.value) < (domain[1] - domain[0]) * LABEL_SHARE;
}

/** The grid, what each line of it is worth, and the dates below. */
export function Axes({
  layout,
  place,
  dateStep,
}: {
  readonly layout: ChartLayout;
  readonly place: AxesPlace;
  /** Every which date is labelled; null where the size is not known, and every other has to do on a small screen. */
  readonly dateStep: number | null;
}) {
  const { series, scale, valueLabels, dateTicks } = layout;
  // A label that names a beginning starts under its mark, which also keeps the first one inside the plot.
  const labelsEveryDay = dateTicks.length === series.rows.length;
  const labelled = dateTicks.filter((_, at) => at % (dateStep ?? 1) === 0);
  return (
    <g fontSize={12} fill="var(--ink-faint)">
      <g data-axis="value">
        {scale.ticks.map((tick, at) => (
          <g key={tick}>
            <line
              x1={place.left}
              x2={place.right}
              y1={place.y(tick)}
              y2={place.y(tick)}
              stroke="var(--hairline)"
            />
            {!isCovered(tick, layout) && (
              <text x={place.right} dx={8} y={place.y(tick)} dy="0.355em" className="tabular">
                {valueLabels[at]}
              </text>
            )}
          </g>
        ))}
      </g>
      <g data-axis="date">
        <line x1={place.left} x2={place.right} y1={place.bottom} y2={place.bottom} stroke="var(--hairline)" />
        {labelled.map(({ index, label }, at) => (
          <g key={index} className={dateStep === null && at % 2 === 1 ? 'max-sm:hidden' : ''}>
            <DateMark x={place.x(index)} y={place.bottom} />
            <text
              x={place.x(index)}
              y={place.bottom}
              dy="1.95em"
              textAnchor={labelsEveryDay ? 'middle' : 'start'}
            >
              {label}
            </text>
          </g>
        ))}
      </g>
    </g>
  );
}

/** A short mark below the axis: a nested drawing, since a percentage and pixels cannot be added. */
function DateMark({ x, y }: { readonly x: Length; readonly y: Length }) {
  return (
    <svg aria-hidden="true" x={x} y={y} overflow="visible">
      <line y2={6} stroke="var(--outline)" />
    </svg>
  );
}
