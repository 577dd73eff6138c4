import { KINDS } from '@/lib/domain/states';
import type { LonePoint, Segment } from './line-segments';
import { LINE_STYLES } from './line-styles';
import { type Plane, tracePoints } from './plane';

/**
 * The line itself: straight from day to day, in its kind's stroke, and only where both days are known.
 * One path per kind carries all its segments, so years of days stay cheap to draw.
 */
export function KnownLines({
  segments,
  plane,
}: {
  readonly segments: readonly Segment[];
  readonly plane: Plane;
}) {
  return KINDS.map((kind) => (
    <path
      key={kind}
      data-kind={kind}
      d={segments
        .filter((segment) => segment.kind === kind)
        .map((segment) => tracePoints(segment.points, plane))
        .join('')}
      fill="none"
      strokeLinejoin="round"
      vectorEffect="non-scaling-stroke"
      {...LINE_STYLES[kind]}
    />
  ));
}

/** Days that no line touches, as dots. */
export function LonePoints({
  points,
  plane,
}: {
  readonly points: readonly LonePoint[];
  readonly plane: Plane;
}) {
  return points.map((point) => (
    <circle
      key={point.index}
      data-kind={point.kind}
      cx={plane.x(point.index)}
      cy={plane.y(point.value)}
      r={3.5}
      fill={LINE_STYLES[point.kind].stroke}
    />
  ));
}
