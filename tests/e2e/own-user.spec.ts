import { randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { readMailedLink } from '../support/mailbox';
import { chartOn } from './support/chart';
import { appUnderTest, expect, fillSignIn, test } from './support/test';

const PASSWORD = 'a long password';

/** Fills in the form of a new account and sends it. */
async function fillSignUp(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel(/Password/).fill(password);
  await page.getByRole('button', { name: 'Create account' }).click();
}

/** Opens the newest link that was mailed to an address. */
async function openMail(page: Page, email: string): Promise<void> {
  await page.goto((await readMailedLink(appUnderTest(), email)).href);
}

test('somebody new signs up, confirms their address, connects a brokerage and sees their year; then takes all along and deletes it', async ({
  page,
}) => {
  const email = `${randomUUID()}@example.com`;
  await page.goto('/sign-in');
  await page.getByRole('link', { name: 'Create an account' }).click();
  await expect(page.getByRole('heading', { name: 'Create an account' })).toBeVisible();
  await fillSignUp(page, email, 'short');
  await expect(page.locator('#sign-up-error')).toHaveText('A password has 8 to 72 characters.');
  await fillSignUp(page, email, PASSWORD);
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeFocused();

  // Without the mail nobody gets in.
  await page.goto('/sign-in');
  await fillSignIn(page, email, PASSWORD);
  await expect(page.locator('#sign-in-error')).toHaveText('This email address and password do not match.');

  await openMail(page, email);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page).toHaveURL('/');
  const startedAt = Date.now();
  await page
    .getByRole('link', { name: /Link|Connect/ })
    .first()
    .click();
  await page
    .getByRole('button', { name: /Link|Connect/ })
    .first()
    .click();
  await page.getByRole('button', { name: 'Sign in and link' }).first().click();
  await expect(page).toHaveURL(/\/connections/);
  await page.getByRole('link', { name: 'Portfolio', exact: true }).click();
  await expect(chartOn(page)).toBeVisible({ timeout: 60_000 });
  test.info().annotations.push({ type: 'first chart', description: `${Date.now() - startedAt} ms` });

  await page.getByRole('link', { name: 'Settings' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download everything' }).click();
  expect((await download).suggestedFilename()).toBe('portfolio-history-everything.json');

  await page.getByText('Delete everything about me…').click();
  const form = page.locator('details form');
  await form.getByLabel('Your password, to confirm').fill('not the password');
  await form.getByRole('button').click();
  await expect(form.getByRole('alert')).toHaveText('This password is not right.');
  await form.getByLabel('Your password, to confirm').fill(PASSWORD);
  await form.getByRole('button').click();
  await expect(page.getByRole('heading', { name: 'Everything about you is deleted' })).toBeVisible();
  await expect(page.locator('dl')).toContainText('Connections1');
  expect((await page.request.get('/api/portfolio/history')).status()).toBe(401);
  await page.goto('/sign-in');
  await fillSignIn(page, email, PASSWORD);
  await expect(page.locator('#sign-in-error')).toBeVisible();
});

test('a forgotten password is replaced by a link from mail, which works once; address and password can be changed', async ({
  page,
}) => {
  const email = `${randomUUID()}@example.com`;
  await page.goto('/sign-up');
  await fillSignUp(page, email, PASSWORD);
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();
  await openMail(page, email);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page).toHaveURL('/');
  await page.getByRole('button', { name: 'Sign out' }).click();

  await page.getByRole('link', { name: 'Forgot your password?' }).click();
  await expect(page.getByRole('heading', { name: 'Choose a new password' })).toBeVisible();
  await page.getByLabel('E-mail').fill(email);
  await page.getByRole('button', { name: 'Send me a link' }).click();
  await expect(page.getByRole('heading', { name: 'Look into your mail' })).toBeVisible();
  await openMail(page, email);
  const used = page.url();
  await page.getByLabel(/Password/).fill('another password');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page).toHaveURL('/');

  await page.goto('/settings');
  const change = page.getByRole('region', { name: 'Password' });
  await change.getByLabel('Current password').fill('another password');
  await change.getByLabel(/New password/).fill('a third password');
  await change.getByRole('button').click();
  await expect(change.getByRole('status')).toContainText('Your password is changed');

  const moved = `${randomUUID()}@example.com`;
  const address = page.getByRole('region', { name: 'E-mail address' });
  await address.getByLabel('New address').fill(moved);
  await address.getByLabel('Your password').fill('a third password');
  await address.getByRole('button').click();
  await expect(address.getByRole('status')).toContainText('Look into your mail');
  await openMail(page, moved);
  await page.getByRole('button', { name: 'Confirm the change' }).click();
  await expect(page).toHaveURL('/settings');
  await expect(page.getByRole('main')).toContainText(moved);

  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page).toHaveURL('/sign-in');
  await page.goto(used);
  await page.getByLabel(/Password/).fill('a fourth password');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.locator('#confirm-error')).toHaveText(
    'This link has expired, or was used already. Ask for a new one.',
  );
  await page.goto('/sign-in');
  await fillSignIn(page, moved, 'a third password');
  await expect(page).toHaveURL('/');
});
