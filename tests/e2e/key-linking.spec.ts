import type { Page } from '@playwright/test';
import { chartOn } from './support/chart';
import { controlSandbox, expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// One story: each test goes on from what the one before has left.
test.describe.configure({ mode: 'serial' });

const ID = 'DEMO-KEY-ID';
const SECRET = 'demo-secret-key';

const alert = (page: Page) => page.getByRole('main').getByRole('alert');
const card = (page: Page) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Alpaca', exact: true }) });

async function enterKeys(
  page: Page,
  keyId: string,
  secret: string,
  button = 'Link with keys',
): Promise<void> {
  await page.getByLabel('Key ID').fill(keyId);
  await page.getByLabel('Secret key').fill(secret);
  await page.getByRole('button', { name: button }).click();
}

test('every source that is offered says what it can do', async ({ page, signInAs }) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await expect(page.getByRole('heading', { name: 'Where are your accounts?' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Most brokerages' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Your account at Alpaca' })).toBeVisible();
  await expect(page.getByRole('main')).toContainText('Such keys could also trade');
  await expect(page.getByRole('button', { name: 'Link a brokerage' })).toHaveCount(1);
  await page.getByText('Enter keys').click();
  expect(await findViolations(page)).toEqual([]);
});

test('keys that do not work link nothing, and the page says why', async ({ page, app, signInAs }) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await page.getByText('Enter keys').click();
  await enterKeys(page, ID, 'mistyped');
  await expect(alert(page)).toContainText('These keys are not accepted.');
  await expect(page.getByLabel('Key ID')).toHaveValue(ID);
  await expect(page.getByLabel('Secret key')).toHaveValue('');
  expect(await findViolations(page)).toEqual([]);

  await controlSandbox(app, 'POST', '/faults', { id: 'barred', effect: { type: 'status', status: 403 } });
  await enterKeys(page, ID, SECRET);
  await expect(alert(page)).toContainText('they may not read the account');

  await controlSandbox(app, 'POST', '/faults', { id: 'barred', effect: { type: 'status', status: 503 } });
  await enterKeys(page, ID, SECRET);
  await expect(alert(page)).toContainText('there is no answer right now');
  await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
  await controlSandbox(app, 'DELETE', '/faults');
});

test('keys that work link the account, and its years are in the chart', async ({
  page,
  app,
  signInAs,
  readHistory,
}) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await page.getByText('Enter keys').click();
  await enterKeys(page, ID, SECRET);
  await page.waitForURL('**/connections?notice=linked*');
  await expect(page.getByRole('main').getByRole('status')).toContainText('Alpaca is linked');
  await expect(card(page)).toContainText('Working');
  await expect(card(page)).toContainText('Account ending O001');
  await expect(page.getByRole('heading', { name: 'Add another source' })).toBeVisible();
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('link', { name: 'See your portfolio' }).click();
  await expect(chartOn(page)).toBeVisible();
  const { coverage, gaps } = await readHistory('1Y');
  expect(coverage.presentDays).toBe(coverage.expectedDays);
  expect(coverage.expectedDays).toBeGreaterThan(245);
  expect(gaps).toEqual([]);
  expect(app.readOutput()).not.toContain(SECRET);
});

test('keys that were revoked break the connection, and new ones mend it', async ({ page, app, signInAs }) => {
  await controlSandbox(app, 'POST', '/faults', {
    id: 'revoked',
    match: { accountId: 'alpaca-demo' },
    effect: { type: 'status', status: 401 },
  });
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await page.getByText('Enter keys').click();
  // While they are refused, the same keys do not help either.
  await enterKeys(page, ID, SECRET);
  await expect(alert(page)).toContainText('These keys are not accepted.');
  const { cronSecret, appUrl, supabaseUrl, secretKey } = app.status;
  // The next evening finds out.
  await fetch(`${supabaseUrl}/rest/v1/brokerage_connections?provider=eq.alpaca`, {
    method: 'PATCH',
    headers: { apikey: secretKey, 'content-type': 'application/json' },
    body: JSON.stringify({ due_at: '2026-11-20T22:00:00Z', totals_due: true }),
  });
  const tick = await fetch(`${appUrl}/api/cron/capture`, {
    headers: { authorization: `Bearer ${cronSecret}` },
  });
  expect(tick.status).toBe(200);

  await page.goto('/connections');
  await expect(card(page)).toContainText(
    'Alpaca no longer lets us in. Sign in there again, or enter new keys',
  );
  expect(await findViolations(page)).toEqual([]);
  await controlSandbox(app, 'DELETE', '/faults');
  await card(page).getByLabel('Key ID').fill(ID);
  await card(page).getByLabel('Secret key').fill(SECRET);
  await card(page).getByRole('button', { name: 'Reconnect with keys Alpaca' }).click();
  await page.waitForURL('**/connections?notice=reconnected*');
  await expect(page.getByRole('main').getByRole('status')).toContainText('Alpaca lets us in again');
  await expect(card(page)).toContainText('Working');
});

test('unlinking deletes our copy of the keys and keeps the history', async ({
  page,
  signInAs,
  readHistory,
}) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  const before = (await readHistory('1Y')).points.length;
  await page.getByRole('button', { name: 'Unlink Alpaca' }).click();
  const dialog = page.getByRole('alertdialog');
  await expect(dialog).toContainText('Our copy of your access is deleted');
  await dialog.getByRole('button', { name: 'Unlink Alpaca' }).click();
  await page.waitForURL('**/connections?notice=unlinked*');
  expect((await readHistory('1Y')).points).toHaveLength(before);
});
