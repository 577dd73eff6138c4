import type { Plane } from './plane';
import type { GapBand } from './stops';
import { GAP_WORDS } from './words';

const BAND_WIDTH_MIN = 3;
const ICON_ROOM = 20;
const LABEL_CHARACTER_WIDTH = 6.3;
const LABEL_PADDING = 36;

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
  const { label } = GAP_WORDS[band.gap.reason];
  const hasLabelRoom = width >= label.length * LABEL_CHARACTER_WIDTH + LABEL_PADDING;
  const middle = left + width / 2;
  return (
    <g data-gap={band.gap.reason}>
      <rect x={left} y={plane.top} width={width} height={plane.height} fill="url(#gap-hatch)" />
      {width >= ICON_ROOM && <GapLabel x={middle} y={plane.top + 22} text={hasLabelRoom ? label : null} />}
    </g>
  );
}

/** A small plate keeps the words readable on the hatching. */
function GapLabel({ x, y, text }: { readonly x: number; readonly y: number; readonly text: string | null }) {
  const width = text === null ? ICON_ROOM - 2 : text.length * LABEL_CHARACTER_WIDTH + 28;
  const left = x - width / 2;
  return (
    <g>
      <rect
        x={left}
        y={y - 11}
        width={width}
        height={22}
        rx={11}
        fill="var(--surface)"
        stroke="var(--hairline)"
      />
      <text
        x={text === null ? x : left + 13}
        y={y}
        dy="0.35em"
        textAnchor="middle"
        fill="var(--ink-soft)"
        fontSize={12}
        fontWeight={700}
      >
        ?
      </text>
      {text !== null && (
        <text x={left + 22} y={y} dy="0.35em" fill="var(--ink-soft)" fontSize={12} fontWeight={500}>
          {text}
        </text>
      )}
    </g>
  );
}
