import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import { announcementOn, chartOn, openChart } from './support/chart';
import { expect, test } from './support/test';
import { slideFingers } from './support/touch';

test.use({ story: 'outage' });

const rangeOn = (page: Page) => page.locator('.chart-range');

const signedMoney = (amount: string | null) =>
  new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD', signDisplay: 'exceptZero' }).format(
    amount as `${number}`,
  );
const signedPercent = (fraction: string | null) =>
  new Intl.NumberFormat('en-US', {
    style: 'percent',
    minimumFractionDigits: 2,
    signDisplay: 'exceptZero',
  }).format(fraction as `${number}`);

/** The figures that the API tells of the range in the page's address, as the page writes them. */
async function readShownRange(page: Page): Promise<string[]> {
  const search = new URL(page.url()).searchParams;
  const response = await page.request.get(
    `/api/portfolio/history?from=${search.get('from')}&to=${search.get('to')}`,
  );
  const { summary } = (await response.json()) as HistoryDocument;
  return [
    signedMoney(summary.valueChange),
    signedMoney(summary.marketChange),
    signedMoney(summary.netDeposits),
    signedPercent(summary.twr),
  ];
}

test('a dragged range shows what happened in it, and then becomes what the page shows', async ({
  page,
  hasTouch,
}) => {
  await openChart(page, '/?period=1Y');
  await chartOn(page).scrollIntoViewIfNeeded();
  const figures: string[] = [];
  const readFigures = async () => {
    await expect(rangeOn(page)).toBeVisible();
    figures.push(...(await rangeOn(page).locator('dd').allTextContents()));
  };
  if (hasTouch) {
    const fingers = [
      { from: [0.4, 0.5], to: [0.2, 0.5] },
      { from: [0.5, 0.5], to: [0.7, 0.5] },
    ] as const;
    await slideFingers(page, fingers, readFigures);
  } else {
    const box = await chartOn(page).boundingBox();
    if (box === null) throw new Error('the chart is not on the page');
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.2, box.y + box.height / 2, { steps: 8 });
    await readFigures();
    await page.mouse.up();
  }
  await expect(page).toHaveURL(/\?from=2026-\d\d-\d\d&to=2026-\d\d-\d\d$/);
  await expect(rangeOn(page)).toHaveCount(0);
  expect(figures).toEqual(await readShownRange(page));
  await expect(chartOn(page)).not.toHaveAccessibleName(/Nov 20, 2025/);

  await page.goBack();
  await expect(page).toHaveURL('/?period=1Y');
  await expect(chartOn(page)).toHaveAccessibleName(/Nov 20, 2025 – Nov 20, 2026/);
});

test('a click or a tap chooses a day, and no range', async ({ page, hasTouch }) => {
  await openChart(page, '/?period=1Y');
  await chartOn(page).scrollIntoViewIfNeeded();
  if (hasTouch) await chartOn(page).tap();
  else await chartOn(page).click();
  await expect(page.locator('.chart-reading')).toBeVisible();
  await expect(page).toHaveURL('/?period=1Y');
});

test('with shift the arrow keys choose a range, enter shows it, escape puts it away', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await chartOn(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(announcementOn(page)).toHaveText(/^Nov 18 – 20, 2026\. Change .*Enter shows this range$/);
  await page.keyboard.press('Escape');
  await expect(announcementOn(page)).toBeEmpty();
  await expect(page).toHaveURL('/?period=1M');

  await page.keyboard.press('End');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+PageUp');
  const said = await announcementOn(page).textContent();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\?from=2026-10-22&to=2026-11-20$/);
  for (const figure of await readShownRange(page)) expect(said).toContain(figure);
});
