import type { Extreme, PlotArea } from './layout';

/** A label beside a point of the line: its baseline in pixels, and which end of it stands at x. */
export interface PointLabel {
  readonly text: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: 'start' | 'middle' | 'end';
}

const NAMES: Readonly<Record<Exclude<Extreme['name'], 'last'>, string>> = { high: 'High', low: 'Low' };

const CHARACTER_WIDTH = 6.3;
const ASCENT = 10;
const DESCENT = 4;
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

/** The name of a line that ends at a point: above or below it as wished, or on the other side where another label stands. */
export function labelEnd(
  text: string,
  { x, y }: { readonly x: number; readonly y: number },
  isAbove: boolean,
  taken: readonly PointLabel[],
): PointLabel {
  const above: PointLabel = { text, x, y: y - ABOVE, anchor: 'end' };
  const below: PointLabel = { text, x, y: y + BELOW, anchor: 'end' };
  const [wished, other] = isAbove ? [above, below] : [below, above];
  const isFree = (label: PointLabel) => !taken.some((one) => overlap(label, one));
  return isFree(wished) || !isFree(other) ? wished : other;
}

function overlap(one: PointLabel, other: PointLabel): boolean {
  const [a, b] = [boxOf(one), boxOf(other)];
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function boxOf({ text, x, y, anchor }: PointLabel) {
  const length = text.length * CHARACTER_WIDTH;
  const left = anchor === 'start' ? x : anchor === 'end' ? x - length : x - length / 2;
  return { left, right: left + length, top: y - ASCENT, bottom: y + DESCENT };
}
