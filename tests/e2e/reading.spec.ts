import { announcementOn, chartOn, headlineOn, money, openChart, pointAt } from './support/chart';
import { expect, test } from './support/test';

test.describe('with a pointer or a finger', () => {
  test.use({ story: 'outage' });

  test('the headline follows it: value, date, change and kind, and goes back when it leaves', async ({
    page,
    hasTouch,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { points } = await readHistory('1M');
    const newest = money(points.at(-1)?.value ?? '');
    const followed = page.locator('[data-headline-reading]');
    await expect(followed).toHaveCount(0);
    await pointAt(page, 2, hasTouch);
    await expect(followed).toContainText(money(points[0]?.value ?? ''));
    await expect(followed).toContainText('Tuesday, October 20, 2026');
    await expect(followed).toContainText('Recorded at close');
    await pointAt(page, 60, hasTouch);
    await expect(followed).toContainText(/Since Oct 20, 2026 [+-]\$[\d,.]+, return [+-]/);
    if (hasTouch) await headlineOn(page).tap();
    else await headlineOn(page).hover();
    await expect(followed).toHaveCount(0);
    await expect(headlineOn(page)).toContainText(newest);
  });
});

test.describe('hidden amounts', () => {
  test.use({ story: 'outage' });

  test('are nowhere on the page, from the first response on, while percentages stay', async ({ page }) => {
    await openChart(page, '/?period=1M');
    const hide = page.getByRole('switch', { name: 'Hide amounts' });
    await hide.click();
    await expect(hide).toBeChecked();
    await expect(page.getByRole('main')).not.toContainText(/\$\d/);
    await page.reload();
    await expect(page.getByRole('main')).not.toContainText(/\$\d/);
    await expect(page.getByRole('region', { name: 'Figures' })).toContainText(/[+-]\d+\.\d\d%/);
    await chartOn(page).focus();
    await page.keyboard.press('Home');
    await expect(announcementOn(page)).toContainText('Tuesday, October 20, 2026. •••••');
    await hide.click();
    await expect(headlineOn(page)).toContainText(/\$\d/);
  });
});

test.describe('a range', () => {
  test.use({ story: 'broken' });

  test('has an amount and a percentage of the same whole days, which are named', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { summary, points } = await readHistory('1M');
    expect([summary.to, points.at(-1)?.kind]).toEqual(['2026-10-29', 'estimated']);
    await expect(headlineOn(page)).toContainText('over 1 month, Oct 20 – 29, 2026');
    await expect(headlineOn(page)).toContainText(money((summary.valueChange ?? '').replace('-', '')));
  });

  test('that is empty says why, and one that ended has no live value; the way back is in sight', async ({
    page,
  }) => {
    await page.goto('/?from=2024-01-01&to=2024-02-01');
    await expect(page.getByRole('region', { name: 'History' })).toContainText(
      'Your history begins Nov 19, 2024.',
    );
    await expect(chartOn(page)).toHaveCount(0);
    await page.goto('/?from=2026-11-14&to=2026-11-15');
    await expect(page.getByRole('region', { name: 'History' })).toContainText('Market closed');
    await page.getByRole('button', { name: 'Back to 1M' }).click();
    await expect(page).toHaveURL(/period=1M/);
    await page.goto('/?period=5Y');
    await expect(headlineOn(page)).toContainText('since Nov 19, 2024');
  });
});

test.describe('with the keyboard', () => {
  test.use({ story: 'outage' });

  test('arrows, Home and End announce date, value and how each day is known', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { points, accounts } = await readHistory('1M');
    const brokerages = [...new Set(accounts.map(({ institution }) => institution))].join(', ');
    const said = announcementOn(page);
    const valueAt = (at: number) => money(points.at(at)?.value ?? '');
    await chartOn(page).focus();

    await page.keyboard.press('Home');
    await expect(said).toHaveText(
      `Tuesday, October 20, 2026. ${valueAt(0)}. Recorded at close. ${brokerages}, as of 16:40 ET`,
    );
    await page.keyboard.press('ArrowRight');
    await expect(said).toContainText(`Wednesday, October 21, 2026. ${valueAt(1)}.`);
    await page.keyboard.press('End');
    await expect(said).toContainText(`Friday, November 20, 2026. ${valueAt(-1)}. Recorded`);
    await page.keyboard.press('ArrowRight');
    await expect(said).toContainText('Friday, November 20, 2026.');
    await page.keyboard.press('ArrowLeft');
    await expect(said).toContainText(`Thursday, November 19, 2026. ${valueAt(-2)}.`);

    const reconstructed = points.findIndex((point) => point.kind === 'reconstructed');
    await page.keyboard.press('Home');
    for (let step = 0; step < reconstructed; step += 1) await page.keyboard.press('ArrowRight');
    await expect(said).toContainText(
      `${valueAt(reconstructed)}. Filled in later from your broker’s history.`,
    );
  });

  test('Escape puts the reading away', async ({ page }) => {
    await openChart(page, '/?period=1M');
    await chartOn(page).focus();
    await page.keyboard.press('Home');
    await expect(announcementOn(page)).not.toBeEmpty();
    await page.keyboard.press('Escape');
    await expect(announcementOn(page)).toBeEmpty();
  });
});

test.describe('with a gap', () => {
  test.use({ story: 'broken' });

  test('a gap is one data point that is announced with its reason', async ({ page, readHistory }) => {
    await openChart(page, '/?period=1M');
    const { points } = await readHistory('1M');
    await chartOn(page).focus();
    await page.keyboard.press('End');
    await expect(announcementOn(page)).toContainText('Nov 6 – 20, 2026. Reconnect needed: no value for 11');
    await page.keyboard.press('ArrowLeft');
    await expect(announcementOn(page)).toContainText(
      `Thursday, November 5, 2026. ${money(points.at(-1)?.value ?? '')}. Estimated: Traditional IRA as of Oct 29`,
    );
  });

  test('the table shows the same numbers as the API, newest first, and no number for a gap', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { points, gaps } = await readHistory('1M');
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Portfolio history by trading day' });
    await expect(table.locator('tbody tr')).toHaveCount(points.length + gaps.length);
    expect(await table.locator('tbody td:first-of-type').allTextContents()).toEqual([
      'No value',
      ...points.map((point) => money(point.value)).toReversed(),
    ]);
    await expect(table.locator('tbody tr').first()).toContainText('Reconnect needed, 11 trading days');
    await page.getByRole('button', { name: 'Chart' }).click();
    await expect(chartOn(page)).toBeVisible();
  });
});
