import type { Plane } from './plane';
import type { Stop } from './stops';

/** The live value as a ring of its own: labelled, and joined to nothing, since it is not yet a day. */
export function LiveMark({ stops, plane }: { readonly stops: readonly Stop[]; readonly plane: Plane }) {
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
