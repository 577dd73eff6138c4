import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import { chartOn, headlineOn, money, openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

test.use({ story: 'steady' });

async function typeDates(page: Page, from: string, to: string): Promise<void> {
  await page.getByLabel('From', { exact: true }).fill(from);
  await page.getByLabel('To', { exact: true }).fill(to);
  await page.getByRole('button', { name: 'Show', exact: true }).click();
}

test('typed dates show the change, the market’s part and the deposits of exactly those days', async ({
  page,
}) => {
  await openChart(page, '/?period=1M');
  await page.getByRole('button', { name: 'Dates' }).click();
  await typeDates(page, '2026-03-03', '2026-05-08');
  await expect(page).toHaveURL('/?from=2026-03-03&to=2026-05-08');
  await expect(chartOn(page)).toHaveAccessibleName(/Mar 3 – May 8, 2026/);

  const answer = await page.request.get('/api/portfolio/history?from=2026-03-03&to=2026-05-08');
  const { summary, points } = (await answer.json()) as HistoryDocument;
  const headline = headlineOn(page);
  await expect(headline).toContainText(/Mar 3 – May 8, 2026: .?(Up|Down)/);
  await expect(headline).toContainText(money((summary.valueChange ?? '').replace('-', '')));
  await expect(page.getByRole('region', { name: 'Figures' })).toContainText(
    money((summary.marketChange ?? '').replace('-', '')),
  );
  await expect(headline).toContainText(money(points.at(-1)?.value ?? ''));
  for (const radio of await page.getByRole('group', { name: 'Period' }).getByRole('radio').all())
    await expect(radio).not.toBeChecked();
});

test('dates that make no range are refused in words, each where it is wrong', async ({ page }) => {
  await openChart(page, '/?period=1M');
  await page.getByRole('button', { name: 'Dates' }).click();
  const fault = page.getByRole('main').getByRole('alert');
  await typeDates(page, '2026-05-08', '2026-03-03');
  await expect(fault).toHaveText('The first day must not be after the last day.');
  await typeDates(page, '1990-05-08', '2026-03-03');
  await expect(fault).toHaveText('The first day must lie between 2000 and 2035.');
  await expect(page.getByLabel('From', { exact: true })).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('To', { exact: true })).toHaveAttribute('aria-invalid', 'false');
  await typeDates(page, '2026-03-03', '');
  await expect(fault).toHaveText('Enter the last day.');
  await expect(page).toHaveURL('/?period=1M');
  expect(await findViolations(page)).toEqual([]);
});

test('the way back from typed dates is a month, and the browser’s own way back works too', async ({
  page,
}) => {
  await openChart(page, '/?from=2026-03-03&to=2026-05-08');
  await page.getByRole('button', { name: 'Dates' }).click();
  await page.getByRole('button', { name: 'Back to a month' }).click();
  await expect(page).toHaveURL('/?period=1M');
  await expect(chartOn(page)).toHaveAccessibleName(/Oct 20 – Nov 20, 2026/);
  await page.goBack();
  await expect(chartOn(page)).toHaveAccessibleName(/Mar 3 – May 8, 2026/);
});
