import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import { headlineOn, money, openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

test.use({ story: 'outage' });

const picker = (page: Page) => page.getByRole('button', { name: /accounts$/ });

async function readSelection(page: Page): Promise<HistoryDocument> {
  const { search } = new URL(page.url());
  const answer = await page.request.get(`/api/portfolio/history${search}`);
  expect(answer.status()).toBe(200);
  return (await answer.json()) as HistoryDocument;
}

test('a selection of accounts is shown, named, in the address, and survives a reload', async ({ page }) => {
  await openChart(page, '/?period=1M');
  const [first] = (await readSelection(page)).accounts;
  const listed = page.getByRole('region', { name: 'Accounts' }).getByRole('listitem');
  await expect(listed).toHaveCount(3);
  await expect(listed.first()).toContainText(`${first?.name} ${first?.institution}`);
  await expect(listed.first()).toContainText(money(first?.last?.value ?? ''));
  await expect(listed.first()).toContainText(/\d%/);
  await picker(page).click();
  await page.getByLabel(/Individual/).uncheck();
  await page.getByLabel(/401\(k\)/).uncheck();
  await page.getByRole('button', { name: 'Show', exact: true }).click();

  await expect(page).toHaveURL(/\?period=1M&accounts=[0-9a-f-]{36}$/);
  const headline = headlineOn(page);
  await expect(headline).toContainText('Only Roth IRA at Northwind Brokerage');
  const { points } = await readSelection(page);
  await expect(headline).toContainText(money(points.at(-1)?.value ?? ''));
  await expect(picker(page)).toHaveText('1 of 3 accounts');

  await page.reload();
  await expect(headline).toContainText('Only Roth IRA at Northwind Brokerage');
  await expect(headline).toContainText(money(points.at(-1)?.value ?? ''));

  await page.goBack();
  await expect(picker(page)).toHaveText('All accounts');
  await expect(headline).not.toContainText('Only');
});

test('the picker is worked with the keyboard alone, and gives the focus back', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await picker(page).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog', { name: 'Accounts' })).toBeVisible();
  await expect(page.getByRole('checkbox').first()).toBeFocused();
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox').first()).not.toBeChecked();
  await page.keyboard.press('Enter');
  await expect(picker(page)).toHaveText('2 of 3 accounts');
  await expect(picker(page)).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog', { name: 'Accounts' })).toBeHidden();
  await expect(picker(page)).toBeFocused();
});

test('no account at all cannot be chosen, and all of them are no selection', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await picker(page).click();
  await page.getByRole('button', { name: 'Choose none' }).click();
  await expect(page.getByText('Choose at least one account.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Show', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Choose all' }).click();
  await page.getByRole('button', { name: 'Show', exact: true }).click();
  await expect(page).toHaveURL('/?period=1M');
});

test('somebody else’s account in the address shows all of one’s own', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1M&accounts=0b5f1c5e-6a63-4f0c-9f0e-0f8a7f0f2a01');
  const { points } = await readHistory('1M');
  await expect(headlineOn(page)).toContainText(money(points.at(-1)?.value ?? ''));
  await expect(picker(page)).toHaveText('All accounts');
});

test('the open picker has no accessibility violation and fits the screen', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await picker(page).click();
  await expect(page.getByRole('dialog', { name: 'Accounts' })).toBeInViewport({ ratio: 1 });
  expect(await findViolations(page)).toEqual([]);
});
