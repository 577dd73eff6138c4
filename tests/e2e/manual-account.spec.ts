import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device works in a demo of its own.
test('an account that no broker knows is added, carried, corrected, ended and deleted', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'new');
  await page.goto('/connections');
  const section = page.getByRole('region', { name: 'What no broker knows' });
  await section.getByText('Add an account by hand').click();
  await section.getByLabel('Name', { exact: true }).fill('Pension');
  await section.getByLabel('Currency', { exact: true }).selectOption('USD');
  await section.getByLabel('Day', { exact: true }).fill('2099-01-01');
  await section.getByLabel('Total on that day', { exact: true }).fill('1000.50');
  await section.getByRole('button', { name: 'Add the account' }).click();
  await expect(section.getByRole('alert')).toContainText('is still to come');

  await section.getByLabel('Name', { exact: true }).fill('Pension');
  await section.getByLabel('Day', { exact: true }).fill('2019-12-31');
  await section.getByLabel('Total on that day', { exact: true }).fill('1000.50');
  await section.getByRole('button', { name: 'Add the account' }).click();
  const values = section.getByRole('list', { name: 'Values of Pension' });
  await expect(values).toContainText('Dec 31, 2019');
  await expect(values).toContainText('$1,000.50');

  // A Sunday: it counts for the close before.
  await section.getByLabel('Day of Pension', { exact: true }).fill('2020-02-02');
  await section.getByLabel('Total on that day of Pension', { exact: true }).fill('1100');
  await section.getByRole('button', { name: 'Keep it for Pension' }).click();
  await expect(section.getByRole('status').filter({ hasText: 'The value is kept' })).toBeVisible();
  await expect(values.getByRole('listitem')).toHaveCount(2);
  await expect(values).toContainText('Jan 31, 2020');
  await page.setViewportSize({ width: 390, height: 844 });
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

  await page.goto('/?from=2019-12-01&to=2020-02-28&view=table');
  const carried = page.getByRole('row', { name: /^Jan 15, 2020 / });
  await expect(carried).toContainText('$1,000.50');
  await expect(carried).toContainText('an account that you keep by hand');
  await expect(carried).toContainText('Pension as of Dec 31');
  await expect(page.getByRole('row', { name: /^Jan 31, 2020 / })).toContainText('$1,100.00');

  await page.goto('/connections');
  await section.getByRole('button', { name: 'Take back the value of Pension on Jan 31, 2020' }).click();
  await expect(values.getByRole('listitem')).toHaveCount(1);
  await section.getByText('End or delete').click();
  await section.getByLabel('Pension is closed since').fill('2020-02-03');
  await section.getByRole('button', { name: 'End Pension' }).click();
  await expect(section.getByText('Ended, since Feb 3, 2020')).toBeVisible();
  const answer = await page.request.get('/api/portfolio/history?from=2020-01-30&to=2020-02-05');
  const { points } = (await answer.json()) as { points: { date: string; value: string; source: string }[] };
  expect(points.map(({ date, value, source }) => `${date} ${value} ${source}`)).toEqual([
    '2020-01-30 1000.5 manual',
    '2020-01-31 1000.5 manual',
  ]);

  await section.getByRole('button', { name: 'Delete Pension and its values' }).click();
  await expect(values).toHaveCount(0);
  await expect(section.getByRole('status').filter({ hasText: 'The account is taken back' })).toBeVisible();
});
