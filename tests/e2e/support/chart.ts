import type { Locator, Page } from '@playwright/test';
import type { Kind } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';

/** The chart, which is operated with pointer and keys. */
export function chartOn(page: Page): Locator {
  return page.getByRole('application');
}

/** Opens a portfolio and waits until its chart is drawn, which is when the page answers to pointer and keys. */
export async function openChart(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await chartOn(page).locator('[data-drawn] path[data-kind]').first().waitFor({ state: 'attached' });
}

/** The newest value with its day, and the live value beside it. */
export function headlineOn(page: Page): Locator {
  return page.locator('main header');
}

/** The card beside the crosshair. */
export function readingOn(page: Page): Locator {
  return page.locator('.chart-reading');
}

/** What is announced to those who cannot see the crosshair. */
export function announcementOn(page: Page): Locator {
  return page.locator('p[aria-live="polite"]');
}

/** Points at a place of the chart with whatever the device has: a mouse, or a finger. */
export async function pointAt(page: Page, x: number, isTouch: boolean): Promise<void> {
  const chart = chartOn(page);
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart is not on the page');
  const place = { x: box.x + x, y: box.y + box.height / 2 };
  if (isTouch) await page.touchscreen.tap(place.x, place.y);
  else await page.mouse.move(place.x, place.y);
}

/** Runs of consecutive points of one kind, oldest first, with gaps between days disregarded. */
export function runsOfKind({ points }: HistoryDocument, kind: Kind): HistoryPoint[][] {
  const runs: HistoryPoint[][] = [];
  points.forEach((point, at) => {
    if (point.kind !== kind) return;
    if (points[at - 1]?.kind === kind) runs.at(-1)?.push(point);
    else runs.push([point]);
  });
  return runs;
}

/** An amount as the page writes it for a reader of a language. */
export function money(amount: string, locale = 'en-US'): string {
  return new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' }).format(amount as `${number}`);
}

/** The number of days that the legend names for each of its entries: the kinds that are on the screen. */
export async function readLegend(page: Page): Promise<Record<string, number>> {
  const entries = page.getByRole('region', { name: 'History' }).locator('li > p:first-child');
  const texts = await entries.allTextContents();
  return Object.fromEntries(
    texts.map((text) => {
      const [, label = '', days = ''] = /^([A-Za-z ]+?)([\d,]+) days?$/.exec(text) ?? [];
      return [label, Number(days.replace(',', ''))];
    }),
  );
}
