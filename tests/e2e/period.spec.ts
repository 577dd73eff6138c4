import type { Page } from '@playwright/test';
import { chartOn, openChart } from './support/chart';
import { expect, test } from './support/test';

test.use({ story: 'outage' });

const period = (page: Page, name: RegExp) => page.getByRole('radio', { name });

test('without a period in the address the page shows a month', async ({ page }) => {
  await openChart(page, '/');
  await expect(period(page, /1 month/)).toBeChecked();
  await expect(chartOn(page)).toHaveAccessibleName(/Oct 20 – Nov 20, 2026/);
});

test('a period nobody knows falls back to a month, and every other one can be chosen from there', async ({
  page,
}) => {
  await openChart(page, '/?period=7W');
  await expect(period(page, /1 month/)).toBeChecked();
  await period(page, /1 year/).click();
  await expect(page).toHaveURL('/?period=1Y');
  await expect(chartOn(page)).toHaveAccessibleName(/Nov 20, 2025 – Nov 20, 2026/);
});

test('a chosen period is in the address, and back, forward and reload keep the view', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await period(page, /6 months/).click();
  await expect(page).toHaveURL('/?period=6M');
  await expect(chartOn(page)).toHaveAccessibleName(/May 20 – Nov 20, 2026/);
  await period(page, /Year to date/).click();
  await expect(page).toHaveURL('/?period=YTD');

  await page.goBack();
  await expect(page).toHaveURL('/?period=6M');
  await expect(period(page, /6 months/)).toBeChecked();
  await expect(chartOn(page)).toHaveAccessibleName(/May 20 – Nov 20, 2026/);
  await page.goForward();
  await expect(period(page, /Year to date/)).toBeChecked();
  await expect(chartOn(page)).toHaveAccessibleName(/Dec 31, 2025 – Nov 20, 2026/);
  await page.reload();
  await expect(period(page, /Year to date/)).toBeChecked();
  await expect(chartOn(page)).toHaveAccessibleName(/Dec 31, 2025 – Nov 20, 2026/);
});

test('periods are walked with the arrow keys and chosen with enter', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await period(page, /1 month/).focus();
  await page.keyboard.press('ArrowRight');
  await expect(period(page, /3 months/)).toBeFocused();
  await expect(page).toHaveURL('/?period=1M');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL('/?period=3M');
  await expect(period(page, /3 months/)).toBeChecked();
  // The focus follows the key a moment later.
  await page.keyboard.press('ArrowLeft');
  await expect(period(page, /1 month/)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(period(page, /1 week/)).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page).toHaveURL('/?period=1W');
});

test('pressing the chosen period again leaves it chosen', async ({ page }) => {
  await openChart(page, '/?period=3M');
  await period(page, /3 months/).click();
  await expect(period(page, /3 months/)).toBeChecked();
  await expect(page).toHaveURL('/?period=3M');
});

test('every period can be shown', async ({ page }) => {
  await openChart(page, '/');
  for (const radio of await page.getByLabel('Period', { exact: true }).getByRole('radio').all()) {
    await radio.click();
    const code = (await radio.textContent())?.split(',')[0];
    await expect(page).toHaveURL(`/?period=${code}`);
    await expect(page.getByRole('region', { name: 'History' })).toHaveAttribute('aria-busy', 'false');
  }
  await expect(chartOn(page)).toHaveAccessibleName(/on Nov 19, 2024 to .* No day is missing/);
});
