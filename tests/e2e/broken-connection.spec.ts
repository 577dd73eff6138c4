import {
  announcementOn,
  chartOn,
  headlineOn,
  money,
  openChart,
  pointAt,
  readingOn,
  readLegend,
  runsOfKind,
} from './support/chart';
import { linksWithin, readDrawing } from './support/drawing';
import { expect, test } from './support/test';

test.use({ story: 'broken' });

test('the banner names the institution whose connection is broken, and what mends it', async ({ page }) => {
  await openChart(page, '/');
  const banner = page.getByRole('status').filter({ hasText: 'needs you to sign in again' });
  await expect(banner).toContainText('Summit Invest needs you to sign in again');
  await expect(banner).toContainText('The missing days then fill in automatically');
  await expect(page.getByText('Northwind Brokerage needs you to sign in again')).toHaveCount(0);
});

test('days that nobody knows are a gap that no line crosses', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1M');
  const { gaps, points } = await readHistory('1M');
  expect(gaps).toHaveLength(1);
  const drawing = await readDrawing(page);
  expect(drawing.gaps.map((gap) => gap.reason)).toEqual(['connection_broken']);
  for (const gap of drawing.gaps) expect(linksWithin(drawing, gap)).toEqual([]);

  const links = Object.values(drawing.runs).flat(2);
  expect(links).toHaveLength(points.length - 1);
});

test('a gap says its days and its reason in words, and shows no value', async ({
  page,
  hasTouch,
  readHistory,
}) => {
  await openChart(page, '/?period=1M');
  const [gap] = (await readHistory('1M')).gaps;
  const [drawn] = (await readDrawing(page)).gaps;
  if (gap === undefined || drawn === undefined) throw new Error('there is no gap');
  await pointAt(page, (drawn.left + drawn.right) / 2, hasTouch);
  await expect(readingOn(page)).toContainText(`Reconnect needed: no value for ${gap.days} trading days`);
  await expect(readingOn(page)).toContainText('The broker needs its owner to sign in again.');
  // What the known accounts were worth is a part, and never the day’s value.
  await expect(readingOn(page).locator('.text-base')).toHaveCount(0);
  await expect(readingOn(page)).toContainText(
    /Known accounts \$[\d,.]+ on Nov 20, 2026, without Traditional IRA/,
  );

  const missing = page.getByRole('region', { name: 'Missing days' });
  await expect(missing).toContainText(`${gap.days} trading days`);
  await expect(missing).toContainText('The broker needs its owner to sign in again.');
});

test('the days before the gap are estimated and say which account is carried since when', async ({
  page,
  hasTouch,
  readHistory,
}) => {
  await openChart(page, '/?period=1M');
  const history = await readHistory('1M');
  const [days] = runsOfKind(history, 'estimated');
  expect(days).toHaveLength(history.coverage.byKind.estimated);
  expect(days?.at(-1)?.date).toBe(history.points.at(-1)?.date);

  const { runs } = await readDrawing(page);
  const [links] = runs.estimated ?? [];
  await pointAt(page, links?.at(1)?.to ?? Number.NaN, hasTouch);
  await expect(readingOn(page)).toContainText('Estimated: Traditional IRA as of Oct 29');
  await expect(readingOn(page)).toContainText('1 of 2 accounts');
});

test('a partial total is no headline: it stands beside the last whole one, marked as an estimate', async ({
  page,
}) => {
  await openChart(page, '/');
  const headline = headlineOn(page);
  await expect(headline).toContainText('Thursday, October 29, 2026');
  await expect(headline).toContainText(/Latest estimate: \$[\d,]+ \(Nov 5\)/);
  await expect(headline).toContainText('Estimated: Traditional IRA as of Oct 29 (1 of 2 accounts)');
});

test('the legend counts the missing days', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1M');
  const { coverage } = await readHistory('1M');
  const legend = await readLegend(page);
  expect(legend.Missing).toBe(coverage.expectedDays - coverage.presentDays);
  expect(legend.Estimated).toBe(coverage.byKind.estimated);
});

test('an older week beyond the broker’s reach stays a gap with a final reason', async ({ page }) => {
  await openChart(page, '/?period=ALL');
  const drawing = await readDrawing(page);
  expect(drawing.gaps.map((gap) => gap.reason)).toEqual(['provider_cannot', 'connection_broken']);
  for (const gap of drawing.gaps) expect(linksWithin(drawing, gap)).toEqual([]);
  const old = page.getByRole('region', { name: 'Missing days' }).getByRole('listitem').last();
  await expect(old).toContainText('May 20 – 23, 2025');
  await expect(old).toContainText('No broker history');
  await expect(old).toContainText('It can’t be recovered, unless someone reopens it');
});

test('while a connection is broken, the known account is a line of its own that names who is missing', async ({
  page,
  readHistory,
}) => {
  await openChart(page, '/?period=1M');
  const { points, accounts } = await readHistory('1M');
  const known = accounts.find(({ brokenSince }) => brokenSince === null);
  expect(points.at(-1)?.date).not.toBe('2026-11-20');
  const line = page.locator('[data-drawn] [data-line="known-part"]');
  await expect(line).toHaveCount(1);
  const [gap] = (await readDrawing(page)).gaps.slice(-1);
  const places = ((await line.getAttribute('d')) ?? '')
    .split(/[ML]/)
    .slice(1)
    .map((place) => Number(place.split(',')[0]));
  expect(places.length).toBe(11);
  for (const place of places) {
    expect(place).toBeGreaterThan(gap?.left ?? Number.NaN);
    expect(place).toBeLessThan(gap?.right ?? Number.NaN);
  }
  await expect(page.locator('[data-drawn]')).toContainText('Without Traditional IRA');
  await expect(page.getByRole('list', { name: 'Marks and further lines' })).toContainText(
    'Known accounts only, while another one needs a reconnect',
  );
  await chartOn(page).focus();
  await page.keyboard.press('End');
  await expect(announcementOn(page)).toContainText(
    `Known accounts ${money(known?.last?.value ?? '')} on Nov 20, 2026, without Traditional IRA`,
  );
});

test('the return reaches to the day before the break, since what had moved until then was read', async ({
  page,
  readHistory,
}) => {
  const { summary } = await readHistory('3M');
  expect(summary.twr).not.toBeNull();
  expect(summary.notAvailable.twr).toBeUndefined();
  await openChart(page, '/?period=3M&show=return');
  await expect(page.getByText(/^Return: time-weighted [+-]\d+\.\d\d%, money-weighted [+-]\d/)).toBeVisible();
  await expect(page.getByText('we don’t know what a movement was')).toHaveCount(0);
  await expect(headlineOn(page)).toContainText('Thursday, October 29, 2026');
});
