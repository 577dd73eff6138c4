import { GAP_LABELS } from '@/components/labels/day-states';
import type { Plane } from './plane';
import type { GapBand } from './stops';

const BAND_WIDTH_MIN = 3;
const ICON_ROOM = 20;
const LABEL_CHARACTER_WIDTH = 6.3;
const LABEL_PADDING = 36;
const LINE_HEIGHT = 16;

/** Hatched bands over the days nobody knows, as wide as those days are, with the reason where there is room. */
export function GapBands({ bands, plane }: { readonly bands: readonly GapBand[]; readonly plane: Plane }) {
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
