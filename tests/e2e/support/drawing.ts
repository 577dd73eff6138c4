import type { Page } from '@playwright/test';

/** One straight piece of a drawn line, by the x coordinates of its ends in the drawing. */
export interface Link {
  readonly from: number;
  readonly to: number;
}

/** The hatched place of a gap. */
export interface DrawnGap {
  readonly reason: string;
  readonly left: number;
  readonly right: number;
}

/** What the chart really draws, read from its SVG. */
export interface Drawing {
  /** The runs of each kind: connected pieces, left to right. */
  readonly runs: Readonly<Record<string, readonly (readonly Link[])[]>>;
  /** The same for the area below the line. */
  readonly area: readonly (readonly Link[])[];
  readonly gaps: readonly DrawnGap[];
}

/** Reads the lines and the gaps of the chart on the page. */
export async function readDrawing(page: Page): Promise<Drawing> {
  const chart = page.getByRole('application');
  await chart.locator('[data-drawn] path[data-kind]').first().waitFor({ state: 'attached' });
  const raw = await chart.evaluate((element) => ({
    lines: [...element.querySelectorAll('[data-drawn] path[data-kind]')].map((path) => ({
      kind: path.getAttribute('data-kind') ?? '',
      d: path.getAttribute('d') ?? '',
    })),
    area: [...element.querySelectorAll('path[data-area]')].map((path) => path.getAttribute('d') ?? ''),
    gaps: [...element.querySelectorAll('[data-gap]')].map((band) => {
      const rect = band.querySelector('rect');
      const left = Number(rect?.getAttribute('x'));
      return {
        reason: band.getAttribute('data-gap') ?? '',
        left,
        right: left + Number(rect?.getAttribute('width')),
      };
    }),
  }));
  return {
    runs: Object.fromEntries(raw.lines.map(({ kind, d }) => [kind, splitRuns(d)])),
    area: raw.area.flatMap(splitRuns),
    gaps: raw.gaps,
  };
}

/** Every piece of line or area that touches a place between two x coordinates. */
export function linksWithin({ runs, area }: Drawing, { left, right }: DrawnGap): Link[] {
  return [...Object.values(runs).flat(), ...area]
    .flat()
    .filter((link) => Math.max(link.from, link.to) > left && Math.min(link.from, link.to) < right);
}

/** Path data of moves and straight lines, as the chart writes it, into its connected runs. */
function splitRuns(d: string): Link[][] {
  return d
    .split('M')
    .slice(1)
    .map((run) => {
      const xs = run
        .replace('Z', '')
        .split('L')
        .map((point) => Number(point.split(',')[0]));
      return xs.slice(1).map((to, at) => ({ from: xs[at] ?? Number.NaN, to }));
    })
    .filter((links) => links.length > 0);
}
