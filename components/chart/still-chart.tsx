import { GainAreas, Wash } from './chart-areas';
import type { Drawing } from './drawing';
import { KnownLines } from './known-lines';
import type { Plane } from './plane';
import { ReferenceLines } from './reference-layer';

const SIZE = 1000;

/**
 * The lines of a drawing in the first response of the server, before any script has run. Its size is not known there, so it
 * is stretched to its place, which strokes ignore; what stretching would spoil, words and dots, comes with the canvas.
 */
export function StillChart({ drawing }: { readonly drawing: Drawing }) {
  const { series, scale, segments, layout } = drawing;
  const plane = stretchedPlane(series.xDomain, scale.domain);
  return (
    <svg
      aria-hidden="true"
      viewBox={`0 0 ${SIZE} ${SIZE}`}
      preserveAspectRatio="none"
      className="absolute"
      style={{
        left: layout.left,
        top: layout.top,
        width: `calc(100% - ${layout.left + layout.right}px)`,
        height: `calc(100% - ${layout.top + layout.bottom}px)`,
      }}
    >
      {series.bands.map((band) => (
        <rect
          key={band.from}
          x={plane.x(band.from - 0.5)}
          width={plane.x(band.to + 0.5) - plane.x(band.from - 0.5)}
          height={SIZE}
          fill="var(--gap-wash)"
        />
      ))}
      <Wash drawing={drawing} plane={plane} />
      <GainAreas drawing={drawing} plane={plane} />
      <ReferenceLines drawing={drawing} plane={plane} />
      <KnownLines segments={segments} plane={plane} />
    </svg>
  );
}

function stretchedPlane(
  [first, last]: readonly [number, number],
  [low, high]: readonly [number, number],
): Plane {
  return {
    x: (index) => ((index - first) / (last - first)) * SIZE,
    y: (value) => ((high - value) / (high - low)) * SIZE,
    left: 0,
    top: 0,
    width: SIZE,
    height: SIZE,
  };
}
