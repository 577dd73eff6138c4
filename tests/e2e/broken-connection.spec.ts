import { headlineOn, openChart, pointAt, readingOn, readLegend, runsOfKind } from './support/chart';
import { linksWithin, readDrawing } from './support/drawing';
import { expect, test } from './support/test';

test.use({ story: 'broken' });

test('the banner names the institution whose connection is broken, and what mends it', async ({ page }) => {
  await openChart(page, '/');
  const banner = page.getByRole('status').filter({ hasText: 'needs you to sign in again' });
  await expect(banner).toContainText('Summit Invest needs you to sign in again');
  await expect(banner).toContainText('Sign in to Summit Invest again to reconnect');
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
  await expect(readingOn(page)).toContainText('The connection to the broker stopped working.');
  await expect(readingOn(page)).not.toContainText('$');

  const missing = page.getByRole('region', { name: 'Missing days' });
  await expect(missing).toContainText(`${gap.days} trading days`);
  await expect(missing).toContainText('The connection to the broker stopped working.');
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
  await expect(headline).toContainText('on Nov 5, 2026');
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
  await expect(old).toContainText('it will not be tried again unless someone reopens it');
});
