/** From slots and values to places in a drawing, and the edges of the plot in it. */
export interface Plane {
  readonly x: (index: number) => number;
  readonly y: (value: number) => number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Points as the data of a path: one move, then straight lines. */
export function tracePoints(
  points: readonly { readonly index: number; readonly value: number }[],
  plane: Plane,
) {
  return `M${points.map(({ index, value }) => `${round(plane.x(index))},${round(plane.y(value))}`).join('L')}`;
}

/** A hundredth of a pixel is finer than any screen, and keeps the document small. */
function round(place: number): number {
  return Math.round(place * 100) / 100;
}
