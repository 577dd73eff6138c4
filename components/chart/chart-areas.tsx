import type { Drawing } from './drawing';
import { type Plane, tracePoints } from './plane';

/** The space between the line and the bottom, or zero, tinted: it ends where the line ends. */
export function Wash({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
  const { measure, runs, scale } = drawing;
  if (measure === 'deposits') return null;
  const base = measure === 'value' ? scale.domain[0] : 0;
  return (
    <path
      data-wash=""
      d={runs
        .map((run) => {
          const back = [run.at(-1), run[0]].flatMap((end) =>
            end === undefined ? [] : [{ index: end.index, value: base }],
          );
          return `${tracePoints([...run, ...back], plane)}Z`;
        })
        .join('')}
      fill="var(--accent)"
      fillOpacity={0.07}
    />
  );
}

/** Gain is tinted and loss is hatched, so that the two differ without their colours. */
export function GainAreas({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
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
          d={drawing.gainAreas
            .filter((area) => area.side === side)
            .map((area) => `${tracePoints(area.outline, plane)}Z`)
            .join('')}
          fill={side === 'gain' ? 'var(--gain)' : 'url(#loss-hatch)'}
          fillOpacity={side === 'gain' ? 0.16 : 0.6}
        />
      ))}
    </>
  );
}
