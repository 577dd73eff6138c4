/** The measures of the grid in pixels. A square can be hit with a finger. */
export const GRID_SIZES = { name: 176, square: 24, row: 32, head: 34, margin: 8 } as const;
