import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

test.use({ story: 'broken' });

const openMenu = (page: Page) => page.getByRole('button', { name: 'Export' }).click();

async function download(page: Page, name: string): Promise<{ text: string; fileName: string }> {
  await openMenu(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
  return { text: await readFile(await file.path(), 'utf8'), fileName: file.suggestedFilename() };
}

test('the spreadsheet holds a row for every day and every gap that is shown', async ({
  page,
  readHistory,
}) => {
  await openChart(page, '/?period=1M&show=return');
  const { text, fileName } = await download(page, 'Spreadsheet (CSV)');
  const { points, gaps } = await readHistory('1M');
  expect(fileName).toBe('portfolio-2026-10-20-to-2026-11-20.csv');
  expect(text.trim().split(/\r?\n/)).toHaveLength(1 + points.length + gaps.length);
  for (const { value } of points) expect(text).toContain(value);
});

test('the data are those of the chosen dates', async ({ page }) => {
  await openChart(page, '/?from=2026-03-03&to=2026-05-08');
  const { text, fileName } = await download(page, 'Data (JSON)');
  expect(fileName).toBe('portfolio-2026-03-03-to-2026-05-08.json');
  expect(JSON.parse(text)).toMatchObject({ from: '2026-03-03', to: '2026-05-08', currency: 'USD' });
});

test('printing asks the browser, with the menu folded away', async ({ page }) => {
  await page.addInitScript(() => {
    window.print = () => {
      document.body.dataset.printed = String(document.querySelectorAll('[aria-expanded="true"]').length);
    };
  });
  await openChart(page, '/?period=1M');
  await openMenu(page);
  await page.getByRole('button', { name: 'Print' }).click();
  await expect(page.locator('body')).toHaveAttribute('data-printed', '0');
});

test('the open menu has no accessibility violation, and a press elsewhere folds it', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await openMenu(page);
  const menu = page.getByRole('dialog', { name: 'Export' });
  await expect(menu).toBeInViewport({ ratio: 1 });
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('heading', { level: 1 }).click();
  await expect(menu).toBeHidden();
});
