'use client';

import { DefaultZIndexes, useXAxisScale, useYAxisScale, ZIndexLayer } from 'recharts';
import type { Stop } from './chart-series';

/** The live value as a ring of its own: labelled, and joined to nothing, since it is not yet a day. */
export function LiveMark({ stops }: { readonly stops: readonly Stop[] }) {
  const x = useXAxisScale();
  const y = useYAxisScale();
  const live = stops.find((stop) => stop.type === 'live');
  if (x === undefined || y === undefined || live === undefined) return null;
  const left = x(live.index) ?? 0;
  const top = y(live.value) ?? 0;
  // The word stands on the side that the line does not come from, so that it covers none of it.
  const before = stops.at(-2);
  const isLineAbove = before?.type === 'point' && before.value > live.value;
  return (
    <ZIndexLayer zIndex={DefaultZIndexes.scatter}>
      <g data-live>
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
    </ZIndexLayer>
  );
}
