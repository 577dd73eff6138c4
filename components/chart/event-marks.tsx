import { netOf } from './flow-words';
import type { Plane } from './plane';
import type { Stop, StopEvents } from './stops';

const SIZE = 3.5;
/** Marks of money stand this far above the bottom of the plot. */
const RISE = 7;

type EventfulStop = Extract<Stop, StopEvents>;

/** Quiet marks: a triangle at the bottom for money that came (up) or went (down), a diamond where a value was corrected. */
export function EventMarks({ stops, plane }: { readonly stops: readonly Stop[]; readonly plane: Plane }) {
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
