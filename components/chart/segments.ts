import { KINDS, type Kind } from '@/lib/domain/states';
import type { DayPoint, GapPoint } from './data-points';

/** A place in the chart, in slots across and in the measure's unit upwards. */
export interface PlotPoint {
  readonly index: number;
  readonly value: number;
}

/** A longest run of links of one kind, each between two consecutive days; neighbouring runs share a point. */
export interface Segment {
  readonly kind: Kind;
  readonly points: readonly PlotPoint[];
}

/** A point with nothing known on both sides: no line touches it, so it is drawn as a dot. */
export interface IsolatedPoint extends PlotPoint {
  readonly kind: Kind;
}

/** Joins days that follow each other; a day without a value breaks the line as a gap does. */
export function joinPoints(days: readonly (DayPoint | GapPoint)[]): {
  segments: Segment[];
  isolatedPoints: IsolatedPoint[];
} {
  const segments: { kind: Kind; points: PlotPoint[] }[] = [];
  const isolatedPoints: IsolatedPoint[] = [];
  const placed = days.map(placePoint);
  placed.forEach((here, at) => {
    if (here === null) return;
    const before = placed[at - 1] ?? null;
    if (before !== null) {
      const kind = worseKind(before.kind, here.kind);
      const open = segments.at(-1);
      if (open?.kind === kind && open.points.at(-1)?.index === before.index) open.points.push(toPlot(here));
      else segments.push({ kind, points: [toPlot(before), toPlot(here)] });
    } else if ((placed[at + 1] ?? null) === null) {
      isolatedPoints.push(here);
    }
  });
  return { segments, isolatedPoints };
}

/** The connected parts of a line, whatever the kinds within them: no part reaches across a break. */
export function joinRuns(segments: readonly Segment[]): PlotPoint[][] {
  const runs: PlotPoint[][] = [];
  for (const { points } of segments) {
    const open = runs.at(-1);
    if (open !== undefined && open.at(-1)?.index === points[0]?.index) open.push(...points.slice(1));
    else runs.push([...points]);
  }
  return runs;
}

function placePoint(dataPoint: DayPoint | GapPoint): IsolatedPoint | null {
  if (dataPoint.type === 'gap' || dataPoint.value === null) return null;
  return { index: dataPoint.index, value: dataPoint.value, kind: dataPoint.point.kind };
}

function toPlot({ index, value }: PlotPoint): PlotPoint {
  return { index, value };
}

/** A link is only as sure as its less sure end. */
function worseKind(a: Kind, b: Kind): Kind {
  return KINDS.indexOf(a) > KINDS.indexOf(b) ? a : b;
}

/** A place on two lines at once. */
export interface PairedPoint {
  readonly index: number;
  readonly value: number;
  /** What was put in up to this day. */
  readonly paidIn: number;
}

/** A stretch in which the value lies on one side of what was put in. */
export interface GainArea {
  readonly side: 'gain' | 'loss';
  /** Along the value, then back along what was put in. */
  readonly outline: readonly PlotPoint[];
}

/** Cuts the space between value and what was put in wherever the two lines meet. */
export function splitGainAreas(points: readonly PairedPoint[]): GainArea[] {
  const areas: GainArea[] = [];
  let open: PairedPoint[] = [];
  const close = () => {
    const side = open.some((point) => point.value > point.paidIn)
      ? 'gain'
      : open.some((point) => point.value < point.paidIn)
        ? 'loss'
        : null;
    if (side !== null) areas.push({ side, outline: outlineOf(open) });
  };
  points.forEach((here, at) => {
    const before = points[at - 1];
    if (before !== undefined && (before.value - before.paidIn) * (here.value - here.paidIn) < 0) {
      const meeting = meet(before, here);
      open.push(meeting);
      close();
      open = [meeting];
    }
    open.push(here);
    if (here.value === here.paidIn) {
      close();
      open = [here];
    }
  });
  close();
  return areas;
}

function meet(a: PairedPoint, b: PairedPoint): PairedPoint {
  const before = a.value - a.paidIn;
  const share = before / (before - (b.value - b.paidIn));
  const value = a.value + share * (b.value - a.value);
  return { index: a.index + share * (b.index - a.index), value, paidIn: value };
}

function outlineOf(points: readonly PairedPoint[]): PlotPoint[] {
  const top = points.map(({ index, value }) => ({ index, value }));
  const back = points.map(({ index, paidIn }) => ({ index, value: paidIn })).toReversed();
  return [...top, ...back];
}

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
