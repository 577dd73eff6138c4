import { announcementOn, chartOn, money, openChart } from './support/chart';
import { expect, test } from './support/test';

test.describe('with the keyboard', () => {
  test.use({ story: 'outage' });

  test('arrows, Home and End announce date, value and how each day is known', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { points } = await readHistory('1M');
    const said = announcementOn(page);
    const valueAt = (at: number) => money(points.at(at)?.value ?? '');
    await chartOn(page).focus();

    await page.keyboard.press('Home');
    await expect(said).toHaveText(
      `Tuesday, October 20, 2026. ${valueAt(0)}. Captured after the close. SnapTrade, as of 16:40 ET`,
    );
    await page.keyboard.press('ArrowRight');
    await expect(said).toContainText(`Wednesday, October 21, 2026. ${valueAt(1)}.`);
    await page.keyboard.press('End');
    await expect(said).toContainText(`Friday, November 20, 2026. ${valueAt(-1)}. Captured`);
    await page.keyboard.press('ArrowRight');
    await expect(said).toContainText('Friday, November 20, 2026.');
    await page.keyboard.press('ArrowLeft');
    await expect(said).toContainText(`Thursday, November 19, 2026. ${valueAt(-2)}.`);

    const reconstructed = points.findIndex((point) => point.kind === 'reconstructed');
    await page.keyboard.press('Home');
    for (let step = 0; step < reconstructed; step += 1) await page.keyboard.press('ArrowRight');
    await expect(said).toContainText(`${valueAt(reconstructed)}. Reconstructed from your broker’s history.`);
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
    await expect(announcementOn(page)).toContainText('Nov 6 – 20, 2026. Connection broken: no value for 11');
    await page.keyboard.press('ArrowLeft');
    await expect(announcementOn(page)).toContainText(
      `Thursday, November 5, 2026. ${money(points.at(-1)?.value ?? '')}. Estimated: Traditional IRA carried`,
    );
  });

  test('the table shows the same numbers as the API, newest first, and no number for a gap', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const { points, gaps } = await readHistory('1M');
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table');
    await expect(table.locator('tbody tr')).toHaveCount(points.length + gaps.length);
    expect(await table.locator('tbody td:first-of-type').allTextContents()).toEqual([
      'No value',
      ...points.map((point) => money(point.value)).toReversed(),
    ]);
    await expect(table.locator('tbody tr').first()).toContainText('Connection broken, 11 trading days');
    await page.getByRole('button', { name: 'Chart' }).click();
    await expect(chartOn(page)).toBeVisible();
  });
});
