/** The chart's height, shared with the skeleton and the table that stand in its place, so nothing jumps. */
export const CHART_HEIGHT = 'h-[clamp(17rem,42vw,25rem)]';

/** The least height of the caption above it; on a phone a day is read in its place. */
export const CAPTION_HEIGHT = 'min-h-24 pb-2 sm:min-h-16';
