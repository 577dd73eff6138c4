/**
 * Where the plot lies inside the chart's box, in pixels from each edge. The chart is told these numbers and
 * the crosshair uses the same ones, so that nothing has to be measured while a finger moves.
 */
export interface PlotLayout {
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly left: number;
}

const AXIS_CHARACTER_WIDTH = 7.5;
const AXIS_GUTTER = 16;

/** Leaves room on the right for the longest label of the value axis and below for the dates. */
export function layOutPlot(valueLabels: readonly string[]): PlotLayout {
  const longest = valueLabels.reduce((length, label) => Math.max(length, label.length), 0);
  return { top: 12, right: Math.ceil(longest * AXIS_CHARACTER_WIDTH) + AXIS_GUTTER, bottom: 30, left: 0 };
}
