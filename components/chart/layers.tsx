import { GAP_LABELS } from '@/components/labels/states';
import type { GapBand, Stop, StopEvents } from './data-points';
import { netOf } from './descriptions';
import { type Drawing, type Plane, tracePoints } from './layout';
import {
  GainAreas,
  KnownLines,
  LonePoints,
  REFERENCE_STYLES,
  ReferenceLines,
  ReferenceNames,
  Wash,
} from './lines';

const SIZE = 3.5;
/** Marks of money stand this far above the bottom of the plot. */
const RISE = 7;

type EventfulStop = Extract<Stop, StopEvents>;

/** Quiet marks: a triangle at the bottom for money that came (up) or went (down), a diamond where a value was corrected. */
function EventMarks({ stops, plane }: { readonly stops: readonly Stop[]; readonly plane: Plane }) {
  const bottom = plane.top + plane.height - RISE;
  const eventful = stops.filter((stop): stop is EventfulStop => stop.type === 'point' || stop.type === 'gap');
  return (
    <>
      {eventful
        .filter((stop) => stop.flows.length > 0)
        .map((stop) => {
          const isDeposit = netOf(stop.flows) >= 0;
          return (
            <path
              key={stop.index}
              data-flow={isDeposit ? 'deposit' : 'withdrawal'}
              d={drawTriangle(plane.x(stop.index), bottom, isDeposit)}
              fill={isDeposit ? 'var(--ink-soft)' : 'var(--surface)'}
              stroke="var(--ink-soft)"
              strokeWidth={1}
            />
          );
        })}
      {eventful
        .filter((stop) => stop.corrections.length > 0)
        .map((stop) => (
          <path
            key={stop.index}
            data-correction=""
            d={drawDiamond(
              plane.x(stop.index),
              stop.type === 'gap' || stop.value === null ? bottom - 3 * SIZE : plane.y(stop.value),
            )}
            fill="var(--surface)"
            stroke="var(--ink)"
            strokeWidth={1.5}
          />
        ))}
    </>
  );
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
const LABEL_CHARACTER_WIDTH = 6.3;
const LABEL_PADDING = 36;
const LINE_HEIGHT = 16;

/** Hatched bands over the days nobody knows, as wide as those days are, with the reason where there is room. */
function GapBands({ bands, plane }: { readonly bands: readonly GapBand[]; readonly plane: Plane }) {
  return (
    <g>
      <defs>
        <pattern
          id="gap-hatch"
          width="7"
          height="7"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="7" height="7" fill="var(--gap-wash)" />
          <line x1="0" y1="0" x2="0" y2="7" stroke="var(--gap-hatch)" strokeWidth="1" />
        </pattern>
      </defs>
      {bands.map((band) => {
        const start = plane.x(band.from - 0.5);
        const trueWidth = plane.x(band.to + 0.5) - start;
        const width = Math.max(BAND_WIDTH_MIN, trueWidth);
        return (
          <Band
            key={band.from}
            band={band}
            left={start - (width - trueWidth) / 2}
            width={width}
            plane={plane}
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
  plane,
}: {
  readonly band: GapBand;
  readonly left: number;
  readonly width: number;
  readonly plane: Plane;
}) {
  const lines = wrapLabel(GAP_LABELS[band.gap.reason].label, width);
  const middle = left + width / 2;
  return (
    <g data-gap={band.gap.reason}>
      <rect x={left} y={plane.top} width={width} height={plane.height} fill="url(#gap-hatch)" />
      {width >= ICON_ROOM && <GapLabel x={middle} top={plane.top + 11} lines={lines} />}
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
  const width = lines.length === 0 ? ICON_ROOM - 2 : longestOf(lines) * LABEL_CHARACTER_WIDTH + 28;
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
  return wraps.find((lines) => longestOf(lines) * LABEL_CHARACTER_WIDTH + LABEL_PADDING <= width) ?? [];
}

function longestOf(lines: readonly string[]): number {
  return Math.max(...lines.map((line) => line.length));
}

/** The live value as a ring of its own: labelled, and joined to nothing, since it is not yet a day. */
function LiveMark({ stops, plane }: { readonly stops: readonly Stop[]; readonly plane: Plane }) {
  const live = stops.find((stop) => stop.type === 'live');
  if (live === undefined) return null;
  const left = plane.x(live.index);
  const top = plane.y(live.value);
  // The word stands on the side that the line does not come from, so that it covers none of it.
  const before = stops.at(-2);
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
        Live
      </text>
    </g>
  );
}

/** What was seen since the last close: a thin line of its own behind a border, joined to no day. */
function TodayLine({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { stops, todayFrom } = drawing.series;
  if (todayFrom === null) return null;
  const points = stops.flatMap((stop) => (stop.type === 'today' ? [stop] : []));
  const border = plane.x(todayFrom);
  return (
    <g data-today="">
      <line
        x1={border}
        x2={border}
        y1={plane.top}
        y2={plane.top + plane.height}
        stroke="var(--outline)"
        strokeDasharray="2 4"
      />
      <text x={border + 8} y={plane.top + 12} fill="var(--ink-soft)" fontSize={12} fontWeight={500}>
        Since the last close
      </text>
      <path d={tracePoints(points, plane)} fill="none" strokeLinejoin="round" {...REFERENCE_STYLES.today} />
      {points.map((point) => (
        <circle
          key={point.index}
          cx={plane.x(point.index)}
          cy={plane.y(point.value)}
          r={1.75}
          fill="var(--accent)"
        />
      ))}
    </g>
  );
}

/** All that is drawn inside the axes, from back to front. */
export function ChartLayers({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { series, segments } = drawing;
  return (
    <>
      <GapBands bands={series.bands} plane={plane} />
      <Wash drawing={drawing} plane={plane} />
      <GainAreas drawing={drawing} plane={plane} />
      <ReferenceLines drawing={drawing} plane={plane} />
      <KnownLines segments={segments} plane={plane} />
      <LonePoints points={series.lonePoints} plane={plane} />
      <TodayLine drawing={drawing} plane={plane} />
      <EventMarks stops={series.stops} plane={plane} />
      <ReferenceNames drawing={drawing} plane={plane} />
      <LiveMark stops={series.stops} plane={plane} />
    </>
  );
}
