/** The chart's height, shared with the skeleton and the table that stand in its place, so nothing jumps. */
export const CHART_HEIGHT = 'h-[clamp(17rem,42vw,25rem)]';
