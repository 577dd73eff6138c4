import type { Page } from '@playwright/test';
import { changeStack, controlStack } from '../support/sandbox-control';
import { chartOn } from './support/chart';
import { controlSandbox, expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// One story: each test goes on from what the one before has left.
test.describe.configure({ mode: 'serial' });

const EVERGREEN = 'Evergreen Investments';

const card = (page: Page) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: EVERGREEN, exact: true }) });
const notice = (page: Page) => {
  const main = page.getByRole('main');
  return main.getByRole('status').or(main.getByRole('alert'));
};

/** What the sandbox holds for Plaid. */
async function itemsOf(status: Parameters<typeof controlStack>[0]) {
  const state: { readonly scenario: { readonly plaidItems: readonly { id: string; isRemoved: boolean }[] } } =
    await (await controlStack(status, 'GET', '/state')).json();
  return state.scenario.plaidItems;
}

async function openPlaid(page: Page): Promise<void> {
  await page.goto('/connections');
  await page.getByRole('button', { name: 'Link through Plaid' }).click();
  await expect(page.getByText('This is a sandbox.')).toBeVisible();
}

test('Plaid is offered with what it can do and what not', async ({ page, signInAs }) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  const source = page.getByRole('listitem').filter({
    has: page.getByRole('heading', { name: 'Banks, retirement plans and brokerages, through Plaid' }),
  });
  await expect(source).toContainText('We never see your password');
  await expect(source).toContainText('No past values: your line begins on the day of linking.');
  expect(await findViolations(page)).toEqual([]);
});

test('what goes wrong on Plaid’s page is told in plain words, and nothing is linked', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'fresh');
  for (const [error, words] of [
    ['The password is wrong', 'The institution did not accept the user name or the password.'],
    ['The institution is not there', 'Your institution is not supported there.'],
  ] as const) {
    await openPlaid(page);
    await page.getByLabel('Or let the sign-in fail because').selectOption(error);
    await page.getByRole('button', { name: 'Fail' }).click();
    await expect(notice(page)).toContainText(words);
  }
  await openPlaid(page);
  await page.getByRole('button', { name: 'Leave without signing in' }).click();
  await expect(notice(page)).toContainText('You left before anything was linked');
  await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
});

test('an institution is linked, and its accounts make the line', async ({ page, app, signInAs }) => {
  await signInAs(page, 'fresh');
  await openPlaid(page);
  await page.getByRole('radio', { name: EVERGREEN }).check();
  await page.getByRole('button', { name: 'Sign in and link' }).click();
  await page.waitForURL('**/connections?notice=linked*');
  await expect(notice(page)).toContainText(`${EVERGREEN} is linked`);
  await expect(card(page)).toContainText('Working');
  await expect(card(page)).toContainText('Brokerage ending 0001');
  await expect(card(page)).toContainText('Cash reserve');
  expect(await findViolations(page)).toEqual([]);
  expect(app.readOutput()).not.toContain('access-sandbox-');
});

test('a login that broke is mended on Plaid’s page, and stays the same connection', async ({
  page,
  app,
  signInAs,
}) => {
  const { cronSecret, appUrl, supabaseUrl, secretKey } = app.status;
  const headers = { apikey: secretKey, 'content-type': 'application/json' };
  const address = `${supabaseUrl}/rest/v1/brokerage_connections?provider=eq.plaid`;
  const read = async () =>
    (await (await fetch(address, { headers })).json()) as readonly { id: string; external_id: string }[];
  const [before] = await read();
  await controlSandbox(app, 'PATCH', `/plaid-items/${before?.external_id}`, {
    disabledSince: '2026-01-02T00:00:00Z',
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
  await expect(card(page)).toContainText('needs you to sign in again');
  expect(await findViolations(page)).toEqual([]);
  await card(page)
    .getByRole('button', { name: `Reconnect ${EVERGREEN}` })
    .click();
  await expect(page.getByRole('heading', { name: `Sign in to ${EVERGREEN} again` })).toBeVisible();
  await page.getByRole('button', { name: 'Leave without signing in' }).click();
  await expect(notice(page)).toContainText('You left before anything was linked');

  await card(page)
    .getByRole('button', { name: `Reconnect ${EVERGREEN}` })
    .click();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await page.waitForURL('**/connections?notice=reconnected*');
  await expect(notice(page)).toContainText(`You signed in to ${EVERGREEN} again`);
  await expect(card(page)).toContainText('Working');
  expect(await read()).toMatchObject([{ id: before?.id, external_id: before?.external_id }]);
});

test('an event of Plaid is taken when Plaid signed it, and refused when not', async ({ app }) => {
  const { appUrl } = app.status;
  const url = `${appUrl}/api/webhooks/plaid`;
  const [item] = await itemsOf(app.status);
  const event = { url, type: 'HOLDINGS', code: 'DEFAULT_UPDATE' };
  const sent = await changeStack(app.status, 'POST', `/plaid-items/${item?.id}/events`, event);
  expect(sent).toEqual({ status: 200 });
  const forged = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'Plaid-Verification': 'a.b.c' },
    body: JSON.stringify({ webhook_type: 'HOLDINGS', webhook_code: 'DEFAULT_UPDATE', item_id: item?.id }),
  });
  expect(forged.status).toBe(401);
});

test('unlinking ends the login at Plaid and keeps the history', async ({ page, app, signInAs }) => {
  await signInAs(page, 'fresh');
  await page.goto('/connections');
  await page.getByRole('button', { name: `Unlink ${EVERGREEN}` }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Unlink ${EVERGREEN}` })
    .click();
  await page.waitForURL('**/connections?notice=unlinked*');
  await expect
    .poll(async () => (await itemsOf(app.status)).map(({ isRemoved }) => isRemoved))
    .toEqual([true]);
  await page.goto('/');
  await expect(chartOn(page)).toBeVisible();
});
