import type { Page } from '@playwright/test';
import { chartOn } from './support/chart';
import { controlSandbox, expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// One story: each test goes on from what the one before has left.
test.describe.configure({ mode: 'serial' });

const card = (page: Page) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Alpaca', exact: true }) });
const notice = (page: Page) => {
  const main = page.getByRole('main');
  return main.getByRole('status').or(main.getByRole('alert'));
};

async function openAlpaca(page: Page): Promise<void> {
  await page.goto('/connections');
  await page.getByRole('button', { name: 'Sign in at Alpaca' }).click();
  await expect(page.getByText('This is a sandbox.')).toBeVisible();
}

test('Alpaca is offered by signing in there, and by keys of one’s own', async ({ page, signInAs }) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  const source = page
    .getByRole('listitem')
    .filter({ has: page.getByRole('heading', { name: 'Your account at Alpaca' }) });
  await expect(source).toContainText('Trading or moving money is not part of it');
  await expect(source.getByRole('button', { name: 'Sign in at Alpaca' })).toBeVisible();
  await source.getByText('Enter keys').click();
  await expect(source.getByText('Such keys could also trade')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
});

test('who does not allow it, or comes back with what was not begun here, is told so and links nothing', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'fresh');
  await openAlpaca(page);
  await page.getByRole('button', { name: 'Leave without signing in' }).click();
  await expect(notice(page)).toContainText('You did not allow us to read the account.');
  expect(await findViolations(page)).toEqual([]);

  await openAlpaca(page);
  await page.getByLabel('Or let the sign-in fail because').selectOption('Alpaca has an outage');
  await page.getByRole('button', { name: 'Fail' }).click();
  await expect(notice(page)).toContainText('The broker has an outage.');

  await page.goto('/connections/return/alpaca?code=made-up&state=5f0f5b0c-1111-4111-8111-111111111111');
  await expect(notice(page)).toContainText('This sign-in was not begun here by you');
  await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
});

test('who allows it has the account with its years in the chart, once', async ({
  page,
  app,
  signInAs,
  readHistory,
}) => {
  await signInAs(page, 'fresh');
  await openAlpaca(page);
  const back = page.waitForRequest('**/connections/return/alpaca?*');
  await page.getByRole('button', { name: 'Sign in and link' }).click();
  const address = (await back).url();
  await page.waitForURL('**/connections?notice=linked*');
  await expect(notice(page)).toContainText('Alpaca is linked');
  await expect(card(page)).toContainText('Working');
  await expect(card(page)).toContainText('Account ending O001');
  expect(await findViolations(page)).toEqual([]);

  // Following the same way back once more does nothing.
  await page.goto(address);
  await expect(notice(page)).toContainText('This sign-in was not begun here by you');
  await expect(card(page)).toHaveCount(1);

  await page.goto('/');
  await expect(chartOn(page)).toBeVisible();
  const { coverage, gaps } = await readHistory('1Y');
  expect(coverage.presentDays).toBe(coverage.expectedDays);
  expect(coverage.expectedDays).toBeGreaterThan(245);
  expect(gaps).toEqual([]);
  expect(app.readOutput()).not.toContain(new URL(address).searchParams.get('code'));
});

test('what was taken back at Alpaca breaks the connection, and allowing it again mends the same one', async ({
  page,
  app,
  signInAs,
}) => {
  const { cronSecret, appUrl, supabaseUrl, secretKey } = app.status;
  const headers = { apikey: secretKey, 'content-type': 'application/json' };
  const address = `${supabaseUrl}/rest/v1/brokerage_connections?provider=eq.alpaca`;
  const read = async () =>
    (await (await fetch(address, { headers })).json()) as readonly { id: string; external_id: string }[];
  const [before] = await read();
  await controlSandbox(app, 'POST', '/faults', {
    id: 'revoked',
    match: { accountId: 'alpaca-demo' },
    effect: { type: 'status', status: 401 },
  });
  // The next evening finds out.
  await fetch(address, {
    method: 'PATCH',
    headers,
    body: JSON.stringify({ due_at: '2026-11-20T22:00:00Z', totals_due: true }),
  });
  const tick = await fetch(`${appUrl}/api/cron/capture`, {
    headers: { authorization: `Bearer ${cronSecret}` },
  });
  expect(tick.status).toBe(200);

  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await expect(card(page)).toContainText(
    'Alpaca no longer lets us in. Sign in there again, or enter new keys',
  );
  expect(await findViolations(page)).toEqual([]);
  await card(page).getByRole('button', { name: 'Reconnect Alpaca', exact: true }).click();
  await page.getByRole('button', { name: 'Leave without signing in' }).click();
  await expect(notice(page)).toContainText('You did not allow us to read the account.');

  await controlSandbox(app, 'DELETE', '/faults');
  await card(page).getByRole('button', { name: 'Reconnect Alpaca', exact: true }).click();
  await page.getByRole('button', { name: 'Sign in and link' }).click();
  await page.waitForURL('**/connections?notice=reconnected*');
  await expect(notice(page)).toContainText('Alpaca lets us in again');
  await expect(card(page)).toContainText('Working');
  expect(await read()).toMatchObject([{ id: before?.id, external_id: before?.external_id }]);
});

test('unlinking deletes our copy, says how to end it at Alpaca, and keeps the history', async ({
  page,
  signInAs,
  readHistory,
}) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  const before = (await readHistory('1Y')).points.length;
  await page.getByRole('button', { name: 'Unlink Alpaca' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('take us off the apps that you allowed in its dashboard');
  await dialog.getByRole('button', { name: 'Unlink Alpaca' }).click();
  await page.waitForURL('**/connections?notice=unlinked*');
  expect((await readHistory('1Y')).points).toHaveLength(before);
});
