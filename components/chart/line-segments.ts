import { KINDS, type Kind } from '@/lib/domain/states';
import type { GapStop, PointStop } from './stops';

/** A place in the drawing, in slots across and in the measure's unit upwards. */
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
export interface LonePoint extends PlotPoint {
  readonly kind: Kind;
}

/** Joins days that follow each other; a day without a value breaks the line as a gap does. */
export function joinPoints(days: readonly (PointStop | GapStop)[]): {
  segments: Segment[];
  lonePoints: LonePoint[];
} {
  const segments: { kind: Kind; points: PlotPoint[] }[] = [];
  const lonePoints: LonePoint[] = [];
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
      lonePoints.push(here);
    }
  });
  return { segments, lonePoints };
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

function placePoint(stop: PointStop | GapStop): LonePoint | null {
  if (stop.type === 'gap' || stop.value === null) return null;
  return { index: stop.index, value: stop.value, kind: stop.point.kind };
}

function toPlot({ index, value }: PlotPoint): PlotPoint {
  return { index, value };
}

/** A link is only as sure as its less sure end. */
function worseKind(a: Kind, b: Kind): Kind {
  return KINDS.indexOf(a) > KINDS.indexOf(b) ? a : b;
}
