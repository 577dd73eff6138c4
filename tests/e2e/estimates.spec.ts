import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

test('estimates are allowed under Settings, off at first, and can be taken back', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'broken');
  await page.goto('/settings');
  const estimates = page.getByRole('region', { name: 'Estimates' });
  const box = estimates.getByRole('checkbox', { name: /Estimate days that no broker can give/ });
  await expect(box).not.toBeChecked();
  expect(await findViolations(page)).toEqual([]);

  await box.check();
  await estimates.getByRole('button', { name: 'Save estimates' }).click();
  await expect(estimates.getByRole('status')).toContainText('Saved. The first estimates appear');
  await page.reload();
  await expect(box).toBeChecked();

  await box.uncheck();
  await estimates.getByRole('button', { name: 'Save estimates' }).click();
  await expect(estimates.getByRole('status')).toContainText('No day is estimated');
  await page.reload();
  await expect(box).not.toBeChecked();
});
