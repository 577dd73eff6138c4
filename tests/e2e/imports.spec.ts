import type { Page } from '@playwright/test';
import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device works in a demo of its own.
test.use({ expectedComplaint: /400 \(Bad Request\)/ });

const FILE = [
  'date;value',
  '31.12.2019;1.000,50',
  // A Sunday.
  '31.05.2020;1.010,00',
  '31.12.2030;1,00',
].join('\r\n');

async function choose(page: Page, name: string, text: string): Promise<void> {
  const buffer = Buffer.from(text);
  await page.getByLabel('File (CSV)').setInputFiles({ name, mimeType: 'text/csv', buffer });
  await page.getByRole('button', { name: 'Preview' }).click();
}

test('a file of past values is refused with the reason, previewed, added, seen, and taken back', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'new');
  await page.getByRole('link', { name: 'Connections' }).click();
  await page.getByRole('link', { name: 'Add past values from a file' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Add past values from a file');

  await choose(page, 'wrong.csv', 'date,value\n2019-12-31,a lot\n');
  const refusal = page.getByRole('alert').filter({ hasText: 'Nothing was changed' });
  await expect(refusal).toContainText('Line 2, column “value”: “a lot” is no amount.');

  await choose(page, 'statements.csv', FILE);
  const heading = page.getByRole('heading', { name: 'Preview: 2 of 3 values to add' });
  await expect(heading).toBeFocused();
  await expect(refusal).toBeHidden();
  const table = page.getByRole('table', { name: 'What each value in the file means' });
  await expect(table.getByRole('row')).toHaveCount(4);
  await expect(table).toContainText('May 31, 2020 was no trading day; it counts for the close before.');
  await expect(table).toContainText('Not closed yet');
  await expect(page.getByText('2 published days of your portfolio would change.')).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

  await page.getByRole('button', { name: 'Add 2 values' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 values added' })).toBeVisible();
  const past = page.getByRole('listitem').filter({ hasText: 'statements.csv' });
  await expect(past).toContainText('2 values, Dec 31, 2019 – May 29, 2020, of');

  await page.goto('/?from=2019-12-01&to=2020-06-30&view=table');
  const row = page.getByRole('row').filter({ hasText: 'May 29, 2020' });
  await expect(row).toContainText('$1,010.00');
  await expect(row).toContainText('Estimated: from your statement');

  await page.goto('/connections/import');
  await past.getByRole('button', { name: 'Undo statements.csv' }).click();
  await page.getByRole('button', { name: 'Keep them' }).click();
  await past.getByRole('button', { name: 'Undo statements.csv' }).click();
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Take them back' }).click();
  await expect(page.getByRole('status').filter({ hasText: '2 values taken back' })).toBeVisible();
  await expect(past).toContainText('Taken back');
  await expect(past.getByRole('button')).toHaveCount(0);
  const answer = await page.request.get('/api/portfolio/history?from=2019-12-01&to=2020-06-30');
  expect(await answer.json()).toMatchObject({ points: [], gaps: [] });
});
