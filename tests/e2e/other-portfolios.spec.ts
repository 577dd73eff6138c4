import { chartOn, headlineOn, money, openChart, readLegend } from './support/chart';
import { readDrawing } from './support/drawing';
import { expect, test } from './support/test';

test.describe('somebody who linked an account today', () => {
  test.use({ story: 'new' });

  test('sees a year from the broker’s own history, labelled as reconstructed', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1Y');
    const { coverage } = await readHistory('1Y');
    expect(coverage.presentDays).toBe(coverage.expectedDays);
    expect(coverage.byKind).toEqual({
      daily_eod: 1,
      reconstructed: coverage.expectedDays - 1,
      estimated: 0,
    });
    expect(await readLegend(page)).toEqual({
      'Recorded at close': 1,
      'Filled in later': coverage.expectedDays - 1,
    });
    const { runs, gaps } = await readDrawing(page);
    expect(runs.reconstructed?.map((links) => links.length)).toEqual([coverage.expectedDays - 1]);
    expect(runs.daily_eod).toEqual([]);
    expect(gaps).toEqual([]);
  });
});

test.describe('somebody who was captured every day', () => {
  test.use({ story: 'steady' });

  test('sees one captured line, and a headline of the newest day', async ({ page, readHistory }) => {
    await openChart(page, '/?period=1Y');
    const { coverage, points } = await readHistory('1Y');
    expect(await readLegend(page)).toEqual({ 'Recorded at close': coverage.expectedDays });
    const { runs } = await readDrawing(page);
    expect(runs.daily_eod?.map((links) => links.length)).toEqual([points.length - 1]);
    expect(runs.reconstructed).toEqual([]);
    const newest = points.at(-1);
    await expect(headlineOn(page)).toContainText(money(newest?.value ?? ''));
    await expect(headlineOn(page)).toContainText('Friday, November 20, 2026');
  });

  test('is not shown the day’s own close again as a live value', async ({ page, readHistory }) => {
    await openChart(page, '/?period=1M');
    const { live, points } = await readHistory('1M');
    expect(live?.asOf).toBe(points.at(-1)?.asOf);
    await expect(chartOn(page)).toBeVisible();
    await expect(page.locator('[data-live]')).toHaveCount(0);
    await expect(page.getByText('Live', { exact: true })).toHaveCount(0);
  });

  test('sees a live value of the next session apart from the days, with its date', async ({ page }) => {
    await page.route('**/api/portfolio/history?period=3M', async (route) => {
      const answer = await route.fetch();
      const history = await answer.json();
      const live = { value: '234567.89', asOf: '2026-11-23T16:05:00.000Z', source: 'snaptrade' };
      await route.fulfill({ response: answer, json: { ...history, live } });
    });
    await openChart(page, '/?period=1M');
    await page.getByRole('radio', { name: /3 months/ }).click();
    await expect(page.locator('[data-live]')).toHaveCount(1);
    const headline = headlineOn(page);
    await expect(headline).toContainText('Last read');
    await expect(headline).toContainText('$234,567.89');
    await expect(headline).toContainText('as of Nov 23, 2026, 11:05 ET');
    // The market has long closed over it.
    await expect(headline).not.toContainText('today so far');
  });
});

test.describe('somebody who has linked nothing', () => {
  test.use({ story: 'admin' });

  test('is told so in words, and sees no zero', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Connect your first brokerage' })).toBeVisible();
    await expect(page.getByRole('main')).toContainText('We record its value after every market close');
    await expect(chartOn(page)).toHaveCount(0);
    await expect(page.getByRole('main')).not.toContainText(/[$0]/);
  });
});
