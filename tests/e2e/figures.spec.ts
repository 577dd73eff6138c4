import { announcementOn, chartOn, openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

test.use({ story: 'outage' });

test('accounts stand on top of each other for whoever opens them, and only then is their chart loaded', async ({
  page,
}) => {
  await openChart(page, '/?period=3M');
  const scripts: string[] = [];
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response.url());
  });
  await page.getByRole('button', { name: 'Show accounts over time' }).click();
  const chart = page.getByRole('img', { name: /^Accounts over time, on Nov 20, 2026: .*\$.*; .*\$/ });
  await expect(chart).toBeVisible();
  await expect(chart.locator('.recharts-area')).not.toHaveCount(0);
  expect(scripts.length).toBeGreaterThan(0);
  await page.getByRole('region', { name: 'Accounts' }).getByText('As a table').click();
  const table = page.getByRole('region', { name: 'Accounts over time as a table' });
  await expect(table.getByRole('row').nth(1)).toContainText('Nov 20, 2026');
  expect(await findViolations(page)).toEqual([]);
  await page.emulateMedia({ forcedColors: 'active' });
  expect(await findViolations(page)).toEqual([]);
});

test('beyond a year the returns are also given a year, and calendar years have a table', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await expect(page.getByRole('region', { name: 'Calendar years' })).toHaveCount(0);
  await expect(page.getByRole('region', { name: 'Figures' })).not.toContainText('a year');
  await page.getByRole('radio', { name: /All time/ }).click();
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText(/[+-]\d+\.\d\d% a year/);
  const years = page.getByRole('region', { name: 'Calendar years' }).getByRole('row');
  await expect(years.nth(1)).toContainText(/^2026/);
  await expect(years.nth(2)).toContainText(/^2025[+-]\d+\.\d\d%/);
  await expect(years.nth(3)).toContainText(/^2024/);
});

test('another period stands beside the shown one, figure by figure', async ({ page }) => {
  await openChart(page, '/?from=2026-09-01&to=2026-11-20');
  const comparison = page.getByRole('region', { name: 'Comparison of periods' });
  await comparison.getByRole('combobox').selectOption('the same days a year earlier');
  const header = comparison.getByRole('columnheader');
  await expect(header).toHaveText([/2026/, /2025/]);
  await expect(comparison.getByRole('row', { name: /^Return/ })).toContainText(/%.*%/);
  await comparison.getByRole('combobox').selectOption('the period before');
  await expect(header.last()).toContainText('Sep 1, 2026');
  await comparison.getByRole('combobox').selectOption('no other period');
  await expect(comparison.getByRole('table')).toHaveCount(0);
});

test('a note is written beside a day, marked and read on the chart, and removed', async ({ page }) => {
  await openChart(page, '/?period=1M');
  const notes = page.getByRole('group').filter({ hasText: 'only you see them' });
  await notes.locator('summary').click();
  await notes.getByLabel('Day').fill('2026-11-19');
  await notes.getByLabel('Note').fill('Sold the house');
  await notes.getByRole('button', { name: 'Save note' }).click();
  await expect(notes.getByRole('listitem')).toContainText('Sold the house');
  await expect(page.locator('[data-drawn] [data-note]')).toHaveCount(1);
  await chartOn(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await expect(announcementOn(page)).toContainText('Note: Sold the house');
  expect(await findViolations(page)).toEqual([]);
  await notes.getByRole('button', { name: 'Remove the note on Nov 19, 2026' }).click();
  await expect(notes.getByRole('listitem')).toHaveCount(0);
  await expect(page.locator('[data-drawn] [data-note]')).toHaveCount(0);
});

test('on paper the line stays that says what the data are', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByRole('note')).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Footer' })).toBeHidden();
});
