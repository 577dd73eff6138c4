import type { PlotPoint, Segment } from './line-segments';

/** The longest line that is drawn whole; beyond it, more points than the screen has places for are left out. */
const SLOTS_MAX = 400;

/**
 * Leaves out points that a screen could not show, and changes none of those that stay: in each stretch of slots the lowest
 * and the highest stay, and so do the ends and every kept slot. Lines of up to `SLOTS_MAX` slots come back as they were.
 */
export function thinPoints(
  points: readonly PlotPoint[],
  slots: number,
  kept: ReadonlySet<number>,
): PlotPoint[] {
  const stretch = Math.ceil(slots / SLOTS_MAX);
  if (stretch <= 1) return [...points];
  const extremes = new Map<number, { low: PlotPoint; high: PlotPoint }>();
  for (const point of points) {
    const of = Math.floor(point.index / stretch);
    const { low, high } = extremes.get(of) ?? { low: point, high: point };
    extremes.set(of, {
      low: point.value < low.value ? point : low,
      high: point.value > high.value ? point : high,
    });
  }
  return points.filter((point, at) => {
    const { low, high } = extremes.get(Math.floor(point.index / stretch)) ?? {};
    return at === 0 || at === points.length - 1 || point === low || point === high || kept.has(point.index);
  });
}

/** Thins each segment by itself: its ends, which are gap edges and changes of kind, always stay. */
export function thinSegments(
  segments: readonly Segment[],
  slots: number,
  kept: ReadonlySet<number>,
): Segment[] {
  return segments.map(({ kind, points }) => ({ kind, points: thinPoints(points, slots, kept) }));
}
