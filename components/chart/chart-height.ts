/** The chart's height, shared with the skeleton and the table that stand in its place, so nothing jumps. */
export const CHART_HEIGHT = 'h-[clamp(17rem,42vw,25rem)]';

/** The caption's height above it; on a phone a day is read in its place. */
export const CAPTION_HEIGHT = 'h-20 sm:h-14';
