import { openChart, pointAt, readingOn, readLegend, runsOfKind } from './support/chart';
import { readDrawing } from './support/drawing';
import { expect, test } from './support/test';

test.use({ story: 'outage' });

const LONG_OUTAGE_DAYS_MIN = 100;
const SHORT_OUTAGE_DAYS = 5;

test('five months and five days of outage are drawn as reconstructed, without a gap', async ({
  page,
  readHistory,
}) => {
  await openChart(page, '/?period=1Y');
  const outages = runsOfKind(await readHistory('1Y'), 'reconstructed').map((run) => run.length);
  expect(outages).toEqual([expect.any(Number), SHORT_OUTAGE_DAYS]);
  expect(outages[0]).toBeGreaterThan(LONG_OUTAGE_DAYS_MIN);

  const drawing = await readDrawing(page);
  // A link is only as sure as its less sure end, so a run of days has one link more than days.
  expect(drawing.runs.reconstructed?.map((links) => links.length)).toEqual(outages.map((days) => days + 1));
  expect(drawing.runs.estimated).toEqual([]);
  expect(drawing.gaps).toEqual([]);
  await expect(page.getByRole('heading', { name: 'Missing days' })).toHaveCount(0);
});

test('the outage did not leave a single zero behind', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1Y');
  const { points } = await readHistory('1Y');
  expect(points.filter((point) => Number(point.value) <= 0)).toEqual([]);
  await page.getByRole('button', { name: 'Table' }).click();
  const table = page.getByRole('table', { name: 'Portfolio history by trading day' });
  const values = await table.getByRole('row').locator('td:first-of-type').allTextContents();
  expect(values).toHaveLength(points.length);
  expect(values).not.toContain('$0.00');
});

test('the legend counts the days that the document counts', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1Y');
  const { coverage } = await readHistory('1Y');
  // What is not on the screen needs no explanation.
  expect(coverage).toMatchObject({ presentDays: coverage.expectedDays, byKind: { estimated: 0 } });
  expect(await readLegend(page)).toEqual({
    'Recorded at close': coverage.byKind.daily_eod,
    'Filled in later': coverage.byKind.reconstructed,
  });
});

test('pointing at a day says its value and how it is known', async ({ page, hasTouch }) => {
  await openChart(page, '/?period=1Y');
  const { runs } = await readDrawing(page);
  const place = (kind: string): number => {
    const run = runs[kind]?.[0] ?? [];
    return run[Math.floor(run.length / 2)]?.to ?? Number.NaN;
  };
  await pointAt(page, place('reconstructed'), hasTouch);
  await expect(readingOn(page)).toContainText('Filled in later from your broker’s history');
  await expect(readingOn(page)).toContainText(/\$\d{3},\d{3}\.\d{2}/);
  await pointAt(page, place('daily_eod'), hasTouch);
  await expect(readingOn(page)).toContainText('Recorded at close');
  await expect(readingOn(page)).toContainText('Harbor Securities, Northwind Brokerage, as of 16:40 ET');
});
