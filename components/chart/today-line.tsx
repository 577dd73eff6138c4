import type { Drawing } from './drawing';
import { REFERENCE_STYLES } from './line-styles';
import { type Plane, tracePoints } from './plane';

/** What was seen since the last close: a thin line of its own behind a border, joined to no day. */
export function TodayLine({ drawing, plane }: { readonly drawing: Drawing; readonly plane: Plane }) {
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
