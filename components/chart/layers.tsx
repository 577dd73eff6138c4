import { GAP_LABELS } from '@/components/labels/states';
import type { DataPoint, DayEvents, GapBand } from './data-points';
import { netOf } from './descriptions';
import { type ChartLayout, type Extreme, type PlotArea, tracePoints } from './layout';
import {
  AreaFill,
  GainAreas,
  IsolatedPoints,
  KnownLines,
  PointName,
  REFERENCE_STYLES,
  ReferenceLines,
  ReferenceNames,
} from './lines';
import { CHARACTER_WIDTH, labelExtremes } from './point-labels';

const SIZE = 3.5;
/** Marks of money stand this far above the bottom of the plot. */
const RISE = 7;

type EventfulPoint = Extract<DataPoint, DayEvents>;

/** Quiet marks: a triangle at the bottom for money that came (up) or went (down), a diamond where a value was corrected, and a square at the top for a note. */
function EventMarks({
  dataPoints,
  notes,
  plotArea,
}: {
  readonly dataPoints: readonly DataPoint[];
  readonly notes: ChartLayout['notes'];
  readonly plotArea: PlotArea;
}) {
  const bottom = plotArea.top + plotArea.height - RISE;
  const eventful = dataPoints.filter(
    (dataPoint): dataPoint is EventfulPoint => dataPoint.type === 'point' || dataPoint.type === 'gap',
  );
  return (
    <>
      {eventful
        .filter((dataPoint) => dataPoint.flows.length > 0)
        .map((dataPoint) => {
          const isDeposit = netOf(dataPoint.flows) >= 0;
          return (
            <path
              key={dataPoint.index}
              data-flow={isDeposit ? 'deposit' : 'withdrawal'}
              d={drawTriangle(plotArea.x(dataPoint.index), bottom, isDeposit)}
              fill={isDeposit ? 'var(--ink-soft)' : 'var(--surface)'}
              stroke="var(--ink-soft)"
              strokeWidth={1}
            />
          );
        })}
      {eventful.map((dataPoint) =>
        dataPoint.type === 'point' && notes.has(dataPoint.point.date) ? (
          <rect
            key={dataPoint.index}
            data-note=""
            x={plotArea.x(dataPoint.index) - SIZE}
            y={plotArea.top}
            width={2 * SIZE}
            height={2 * SIZE}
            rx={1}
            fill="var(--ink-soft)"
          />
        ) : null,
      )}
      {lastOfEachCorrection(eventful).map((dataPoint) => (
        <path
          key={dataPoint.index}
          data-correction=""
          d={drawDiamond(
            plotArea.x(dataPoint.index),
            dataPoint.type === 'gap' || dataPoint.value === null
              ? bottom - 3 * SIZE
              : plotArea.y(dataPoint.value),
          )}
          fill="var(--surface)"
          stroke="var(--ink)"
          strokeWidth={1.5}
        />
      ))}
    </>
  );
}

/**
 * The last of the days that each event corrected: joining two accounts changes months of days at once, and a mark on each would
 * hide the line. Every day still names its own correction.
 */
function lastOfEachCorrection(dataPoints: readonly EventfulPoint[]): readonly EventfulPoint[] {
  const lastDays = new Map<string, EventfulPoint>();
  for (const dataPoint of dataPoints)
    for (const { changedAt, reason } of dataPoint.corrections)
      lastDays.set(`${changedAt} ${reason}`, dataPoint);
  return [...new Set(lastDays.values())];
}

function drawTriangle(x: number, y: number, isUp: boolean): string {
  const tip = isUp ? -SIZE : SIZE;
  return `M${x - SIZE},${y - tip}L${x + SIZE},${y - tip}L${x},${y + tip}Z`;
}

function drawDiamond(x: number, y: number): string {
  const reach = SIZE + 1;
  return `M${x},${y - reach}L${x + reach},${y}L${x},${y + reach}L${x - reach},${y}Z`;
}

const BAND_WIDTH_MIN = 3;
const ICON_ROOM = 20;
const LABEL_PADDING = 36;
const LINE_HEIGHT = 16;

/** The hatching of days that nobody knows. */
export function GapHatch() {
  return (
    <defs>
      <pattern
        id="gap-hatch"
        width="7"
        height="7"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="7" height="7" fill="var(--gap-fill)" />
        <line x1="0" y1="0" x2="0" y2="7" stroke="var(--gap-hatch)" strokeWidth="1" />
      </pattern>
    </defs>
  );
}

/** Hatched bands over the days nobody knows, as wide as those days are, with the reason where there is room. */
function GapBands({ bands, plotArea }: { readonly bands: readonly GapBand[]; readonly plotArea: PlotArea }) {
  return (
    <g>
      <GapHatch />
      {bands.map((band) => {
        const start = plotArea.x(band.from - 0.5);
        const trueWidth = plotArea.x(band.to + 0.5) - start;
        const width = Math.max(BAND_WIDTH_MIN, trueWidth);
        return (
          <Band
            key={band.from}
            band={band}
            left={start - (width - trueWidth) / 2}
            width={width}
            plotArea={plotArea}
          />
        );
      })}
    </g>
  );
}

function Band({
  band,
  left,
  width,
  plotArea,
}: {
  readonly band: GapBand;
  readonly left: number;
  readonly width: number;
  readonly plotArea: PlotArea;
}) {
  const lines = wrapLabel(GAP_LABELS[band.gap.reason].label, width);
  const middle = left + width / 2;
  return (
    <g data-gap={band.gap.reason}>
      <rect x={left} y={plotArea.top} width={width} height={plotArea.height} fill="url(#gap-hatch)" />
      {width >= ICON_ROOM && <GapLabel x={middle} top={plotArea.top + 11} lines={lines} />}
    </g>
  );
}

/** A small plate keeps the words readable on the hatching; without room for them, a question mark is left to be asked. */
function GapLabel({
  x,
  top,
  lines,
}: {
  readonly x: number;
  readonly top: number;
  readonly lines: readonly string[];
}) {
  const width = lines.length === 0 ? ICON_ROOM - 2 : longestOf(lines) * CHARACTER_WIDTH + 34;
  const left = x - width / 2;
  return (
    <g>
      <rect
        x={left}
        y={top}
        width={width}
        height={LINE_HEIGHT * Math.max(1, lines.length) + 6}
        rx={11}
        fill="var(--surface)"
        stroke="var(--hairline)"
      />
      <text
        x={lines.length === 0 ? x : left + 13}
        y={top + 11}
        dy="0.35em"
        textAnchor="middle"
        fill="var(--ink-soft)"
        fontSize={12}
        fontWeight={700}
      >
        ?
      </text>
      {lines.map((line, at) => (
        <text
          key={line}
          x={left + 22}
          y={top + 11 + at * LINE_HEIGHT}
          dy="0.35em"
          fill="var(--ink-soft)"
          fontSize={12}
          fontWeight={500}
        >
          {line}
        </text>
      ))}
    </g>
  );
}

/** A label on one line, on two where only those fit into a band of this width, or on none. */
function wrapLabel(label: string, width: number): readonly string[] {
  const [first = '', ...rest] = label.split(' ');
  const wraps = rest.length === 0 ? [[label]] : [[label], [first, rest.join(' ')]];
  return wraps.find((lines) => longestOf(lines) * CHARACTER_WIDTH + LABEL_PADDING <= width) ?? [];
}

function longestOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

const LABEL_HEIGHT = 18;

/** High and low stand at their days, the last value among the labels of the axis, before whichever it would cover. */
function ExtremeLabels({
  extremes,
  plotArea,
}: {
  readonly extremes: readonly Extreme[];
  readonly plotArea: PlotArea;
}) {
  const right = plotArea.left + plotArea.width;
  return (
    <>
      {extremes.map(({ name, index, value, label }) => {
        const [x, y] = [plotArea.x(index), plotArea.y(value)];
        if (name !== 'last')
          return (
            <circle
              key={name}
              data-extreme={name}
              cx={x}
              cy={y}
              r={3}
              fill="var(--surface)"
              stroke="var(--accent)"
              strokeWidth={1.5}
            />
          );
        return (
          <g key={name} data-extreme={name}>
            <rect
              x={right + 3}
              y={y - LABEL_HEIGHT / 2}
              width={label.length * 7 + 10}
              height={LABEL_HEIGHT}
              rx={4}
              fill="var(--surface)"
              stroke="var(--accent)"
            />
            <text
              x={right + 8}
              y={y}
              dy="0.35em"
              fill="var(--accent)"
              fontSize={12}
              fontWeight={600}
              className="tabular"
            >
              {label}
            </text>
          </g>
        );
      })}
      {labelExtremes(extremes, plotArea).map((label) => (
        <PointName key={label.text} label={label} weight={500} />
      ))}
    </>
  );
}

/** The live value as a ring of its own: labelled, and joined to nothing, since it is not yet a day. */
function LiveMark({
  dataPoints,
  plotArea,
}: {
  readonly dataPoints: readonly DataPoint[];
  readonly plotArea: PlotArea;
}) {
  const live = dataPoints.find((dataPoint) => dataPoint.type === 'live');
  if (live === undefined) return null;
  const left = plotArea.x(live.index);
  const top = plotArea.y(live.value);
  // The word stands on the side that the line does not come from, so that it covers none of it.
  const before = dataPoints.at(-2);
  const isLineAbove =
    before !== undefined && before.type !== 'gap' && before.value !== null && before.value > live.value;
  return (
    <g data-live="">
      <circle cx={left} cy={top} r={8} fill="var(--accent)" opacity={0.16} />
      <circle cx={left} cy={top} r={4} fill="var(--surface)" stroke="var(--accent)" strokeWidth={2} />
      <text
        x={left}
        y={isLineAbove ? top + 24 : top - 15}
        textAnchor="middle"
        fill="var(--accent)"
        fontSize={12}
        fontWeight={600}
        stroke="var(--surface)"
        strokeWidth={4}
        paintOrder="stroke"
      >
        {live.name}
      </text>
    </g>
  );
}

/** What was seen since the last close: a thin line of its own behind a border, joined to no day. */
function TodayLine({ layout, plotArea }: { readonly layout: ChartLayout; readonly plotArea: PlotArea }) {
  const { dataPoints, todayFrom } = layout.series;
  if (todayFrom === null) return null;
  const points = dataPoints.flatMap((dataPoint) => (dataPoint.type === 'today' ? [dataPoint] : []));
  const border = plotArea.x(todayFrom);
  return (
    <g data-today="">
      <line
        x1={border}
        x2={border}
        y1={plotArea.top}
        y2={plotArea.top + plotArea.height}
        stroke="var(--outline)"
        strokeDasharray="2 4"
      />
      <text x={border + 8} y={plotArea.top + 12} fill="var(--ink-soft)" fontSize={12} fontWeight={500}>
        Today so far
      </text>
      <path
        d={tracePoints(points, plotArea)}
        fill="none"
        strokeLinejoin="round"
        {...REFERENCE_STYLES.today}
      />
      {points.map((point) => (
        <circle
          key={point.index}
          cx={plotArea.x(point.index)}
          cy={plotArea.y(point.value)}
          r={1.75}
          fill="var(--accent)"
        />
      ))}
    </g>
  );
}

/** All that is drawn inside the axes, from back to front. */
export function ChartLayers({
  layout,
  plotArea,
}: {
  readonly layout: ChartLayout;
  readonly plotArea: PlotArea;
}) {
  const { series, segments } = layout;
  return (
    <>
      <GapBands bands={series.bands} plotArea={plotArea} />
      <AreaFill layout={layout} plotArea={plotArea} />
      <GainAreas layout={layout} plotArea={plotArea} />
      <ReferenceLines layout={layout} plotArea={plotArea} />
      <KnownLines segments={segments} plotArea={plotArea} />
      <IsolatedPoints points={series.isolatedPoints} plotArea={plotArea} />
      <TodayLine layout={layout} plotArea={plotArea} />
      <EventMarks dataPoints={series.dataPoints} notes={layout.notes} plotArea={plotArea} />
      <ReferenceNames layout={layout} plotArea={plotArea} />
      <ExtremeLabels extremes={layout.extremes} plotArea={plotArea} />
      <LiveMark dataPoints={series.dataPoints} plotArea={plotArea} />
    </>
  );
}
