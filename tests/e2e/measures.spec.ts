import type { Page } from '@playwright/test';
import { announcementOn, chartOn, openChart } from './support/chart';
import { readDrawing } from './support/drawing';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

const measure = (page: Page, name: string) => page.getByRole('radio', { name, exact: true });
const axisLabels = (page: Page) => page.locator('[data-axis="value"] text');

test.describe('of a saver', () => {
  test.use({ story: 'outage' });

  test('each measure can be chosen, is in the address and sums itself up', async ({ page, readHistory }) => {
    await openChart(page, '/?period=1Y');
    const { summary } = await readHistory('1Y');
    const percent = (fraction: string | null) =>
      new Intl.NumberFormat('en-US', {
        style: 'percent',
        minimumFractionDigits: 2,
        signDisplay: 'exceptZero',
      }).format(fraction as `${number}`);

    await measure(page, 'Return').click();
    await expect(page).toHaveURL('/?period=1Y&show=return');
    await expect(chartOn(page)).toHaveAccessibleName(
      new RegExp(
        `^Return, .*time-weighted \\${percent(summary.twr)}, money-weighted \\${percent(summary.mwr)}`,
      ),
    );
    await expect(page.getByText('They differ when deposits met good or bad days')).toBeVisible();
    for (const label of await axisLabels(page).allTextContents()) expect(label).toMatch(/%$/);

    await measure(page, 'Drops').click();
    await expect(chartOn(page)).toHaveAccessibleName(
      new RegExp(`^Drops from the highest value, .*largest drop ${percent(summary.maxDrawdown)}`),
    );

    await measure(page, 'Money invested').click();
    await expect(chartOn(page)).toHaveAccessibleName(/^Money invested and value, .*net deposits \+\$/);
    await page.reload();
    await expect(measure(page, 'Money invested')).toBeChecked();
    await expect(page.locator('[data-drawn] [data-line="paid-in"]')).toBeVisible();
  });

  test('net deposits stand beside the value, with gain and loss told apart by more than colour', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1Y&show=deposits');
    const { points } = await readHistory('1Y');
    const area = (side: string) => page.locator(`[data-drawn] [data-area="${side}"]`);
    await expect(area('loss')).toHaveAttribute('fill', /^url\(/);
    await expect(area('gain')).not.toHaveAttribute('fill', /^url\(/);
    await chartOn(page).focus();
    await page.keyboard.press('End');
    const last = points.at(-1);
    const gain = Number(last?.value) - Number(points[0]?.value) - Number(last?.netDeposits);
    await expect(announcementOn(page)).toContainText(gain < 0 ? 'Loss $' : 'Gain $');
  });

  test('the return of the last day is the return of the range', async ({ page, readHistory }) => {
    await openChart(page, '/?period=6M&show=return');
    const { points, summary } = await readHistory('6M');
    expect(points.at(-1)?.twr).toBe(summary.twr);
    await chartOn(page).focus();
    await page.keyboard.press('Home');
    await expect(announcementOn(page)).toContainText('0.00%. ');
  });
});

test.describe('compared with an index', () => {
  test.use({ story: 'steady' });

  test('the S&P 500 is a line of its own with its source, beside value and return alone', async ({
    page,
  }) => {
    await openChart(page, '/?period=1Y');
    const line = page.locator('[data-drawn] [data-line="benchmark"]');
    const compare = page.getByRole('button', { name: 'Compare with the S&P 500' });
    await expect(line).toHaveCount(0);
    await compare.click();
    await expect(page).toHaveURL('/?period=1Y&benchmark=sp500');
    await expect(line).toBeVisible();
    await expect(compare).toHaveAttribute('aria-pressed', 'true');
    await expect(page.getByRole('list', { name: 'Marks and further lines' })).toContainText(
      /S&P 500, had you bought it with the same deposits \(\S+/,
    );
    const panel = page.getByRole('region', { name: 'History' });
    await expect(panel).toContainText(
      /You \$[\d,.]+, S&P 500 \$[\d,.]+: (ahead|behind) by \$[\d,.]+ on Nov 20, 2026/,
    );
    await measure(page, 'Return').click();
    await expect(line).toBeVisible();
    await expect(panel).toContainText(
      /You [+-]\d+\.\d\d%, S&P 500 [+-]\d+\.\d\d%: (ahead|behind) by \d+\.\d\d points on Nov 20, 2026/,
    );
    await chartOn(page).focus();
    await page.keyboard.press('End');
    await expect(announcementOn(page)).toContainText(/S&P 500 [+-]\d+\.\d\d%/);
    await measure(page, 'Drops').click();
    await expect(line).toHaveCount(0);
    await expect(compare).toHaveCount(0);
  });
});

test.describe('with estimated days', () => {
  test.use({ story: 'broken' });

  test('the return is not drawn on them, and says so where they are read', async ({ page }) => {
    await openChart(page, '/?period=1M');
    expect((await readDrawing(page)).runs.estimated?.length).toBe(1);
    await measure(page, 'Return').click();
    await expect(chartOn(page)).toHaveAccessibleName(/^Return/);
    await expect.poll(async () => (await readDrawing(page)).runs.estimated).toEqual([]);
    await chartOn(page).focus();
    await page.keyboard.press('End');
    await page.keyboard.press('ArrowLeft');
    await expect(announcementOn(page)).toContainText('No return. Estimated');
  });
});

test.describe('every measure', () => {
  test.use({ story: 'steady' });

  for (const show of ['value', 'return', 'deposits', 'drawdown'] as const) {
    test(`${show} has no accessibility violation, as a chart being read and as a range`, async ({ page }) => {
      await openChart(page, `/?period=1Y&show=${show}`);
      await chartOn(page).focus();
      await page.keyboard.press('End');
      expect(await findViolations(page)).toEqual([]);
      await page.keyboard.press('Shift+PageUp');
      await expect(page.locator('.chart-range')).toBeVisible();
      expect(await findViolations(page)).toEqual([]);
    });
  }
});
