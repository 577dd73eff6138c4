import type { Extreme, PlotArea } from './layout';

/** A label beside a point of the line: its baseline in pixels, and which end of it stands at x. */
export interface PointLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

const NAMES: Readonly<Record<Exclude<Extreme['name'], 'last'>, string>> = { high: 'High', low: 'Low' };

/** Of the chart's words beside what they name, in pixels. */
export const CHARACTER_WIDTH = 6.3;
const ASCENT = 10;
const DESCENT = 4;
const HEIGHT = ASCENT + DESCENT + 1;
/** Of the ring at the highest and the lowest day. */
const RADIUS = 4;
/** From the point to the baseline of a label above or below it, and to one beside it. */
const ABOVE = 8;
const BELOW = 17;
const BESIDE = 8;
/** The deposits and withdrawals along the bottom of the plot. */
const MARKS_HEIGHT = 12;

/** The labels of the highest and the lowest day, inside the plot and clear of the marks below it. */
export function labelExtremes(extremes: readonly Extreme[], plotArea: PlotArea): readonly PointLabel[] {
  return extremes.flatMap(({ name, index, value, label }) =>
    name === 'last'
      ? []
      : [placeExtreme(name, `${NAMES[name]} ${label}`, plotArea.x(index), plotArea.y(value), plotArea)],
  );
}

function placeExtreme(
  name: 'high' | 'low',
  text: string,
  x: number,
  y: number,
  { left, top, width, height }: PlotArea,
): PointLabel {
  const length = text.length * CHARACTER_WIDTH;
  const right = left + width;
  // The line rises on both sides of its lowest point, so there is room beside it.
  if (name === 'low' && y + BELOW + DESCENT > top + height - MARKS_HEIGHT) {
    const fits = x + BESIDE + length <= right;
    return { text, x: fits ? x + BESIDE : x - BESIDE, y: y + DESCENT, anchor: fits ? 'start' : 'end' };
  }
  const middle = Math.min(Math.max(x, left + length / 2), right - length / 2);
  return { text, x: middle, y: name === 'high' ? y - ABOVE : y + BELOW, anchor: 'middle' };
}

/**
 * The name of a line that ends at a point: above or below it as wished, or where the highest or the lowest day and its label
 * stand, on the other side or further away.
 */
export function labelEnd(
  text: string,
  { x, y }: { readonly x: number; readonly y: number },
  isAbove: boolean,
  extremes: readonly Extreme[],
  plotArea: PlotArea,
): PointLabel {
  const above: PointLabel = { text, x, y: y - ABOVE, anchor: 'end' };
  const below: PointLabel = { text, x, y: y + BELOW, anchor: 'end' };
  const beyond = isAbove ? { ...above, y: above.y - HEIGHT } : { ...below, y: below.y + HEIGHT };
  const taken = [
    ...labelExtremes(extremes, plotArea).map(boxOf),
    ...extremes
      .filter(({ name }) => name !== 'last')
      .map(({ index, value }) => boxAround(plotArea.x(index), plotArea.y(value))),
  ];
  const wished = isAbove ? above : below;
  const free = [wished, isAbove ? below : above, beyond].find(
    (label) => !taken.some((box) => overlap(boxOf(label), box)),
  );
  return free ?? wished;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function boxAround(x: number, y: number): Box {
  return { left: x - RADIUS, right: x + RADIUS, top: y - RADIUS, bottom: y + RADIUS };
}

function boxOf({ text, x, y, anchor }: PointLabel): Box {
  const length = text.length * CHARACTER_WIDTH;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - length : x - length / 2;
  return { left, right: left + length, top: y - ASCENT, bottom: y + DESCENT };
}
