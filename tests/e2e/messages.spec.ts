import { readMailedLink, readSubjects } from '../support/mailbox';
import type { RunningApp } from '../support/running-app';
import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device has a demo of its own, in which one thing comes after another.
test.describe.configure({ mode: 'serial' });

const BEN = 'ben@example.com';
const BROKEN = 'Summit Invest: please sign in again';

/** What Ben was told of his connections, newest first. */
async function toldBen({ status }: RunningApp): Promise<readonly string[]> {
  return (await readSubjects(status, BEN)).filter((subject) => subject.startsWith('Summit Invest'));
}

async function watch({ status }: RunningApp): Promise<void> {
  const answer = await fetch(`${status.appUrl}/api/cron/watch`, {
    headers: { authorization: `Bearer ${status.cronSecret}` },
  });
  expect(answer.status).toBe(200);
}

test('a broken connection is one message to its user, however often is looked', async ({ app }) => {
  // A scheduled look that sends at this moment leaves nothing to the one asked for here.
  await expect
    .poll(async () => {
      await watch(app);
      return toldBen(app);
    })
    .toEqual([BROKEN]);
  await watch(app);
  await watch(app);
  expect(await toldBen(app)).toEqual([BROKEN]);
});

test('the page of messages says what each is for, keeps what was chosen, and is accessible in both colours', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'broken');
  await page.goto('/settings');
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages.getByRole('checkbox')).toHaveCount(3);
  for (const box of await messages.getByRole('checkbox').all()) await expect(box).toBeChecked();
  expect(await findViolations(page)).toEqual([]);
  await messages.getByRole('checkbox', { name: /A question/ }).uncheck();
  await messages.getByRole('button', { name: 'Save messages' }).click();
  await expect(messages.getByRole('status')).toHaveText('Saved.');
  await page.reload();
  await expect(messages.getByRole('checkbox', { name: /A question/ })).not.toBeChecked();
  await expect(messages.getByRole('checkbox', { name: /breaks/ })).toBeChecked();
});

test('healed, it is one message more', async ({ page, app, signInAs }) => {
  await signInAs(page, 'broken');
  await page.goto('/connections');
  await page.getByRole('button', { name: 'Reconnect' }).first().click();
  await page.getByRole('button', { name: 'Sign in again' }).click();
  await expect(page).toHaveURL(/\/connections/);
  await expect
    .poll(
      async () => {
        await watch(app);
        return toldBen(app);
      },
      { timeout: 60_000 },
    )
    .toEqual(['Summit Invest is connected again', BROKEN]);
});

test('whoever follows the link in a message stops such messages without signing in', async ({
  page,
  app,
}) => {
  const link = await readMailedLink(app.status, BEN, '/unsubscribe');
  await page.goto(link.pathname + link.search);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Stop these messages?');
  expect(await findViolations(page)).toEqual([]);
  await page.getByRole('button', { name: 'Stop these messages' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('These messages have stopped');
  expect(await findViolations(page)).toEqual([]);

  await page.goto('/unsubscribe?token=made-up');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link is not complete');
  // Whoever comes from their mail sees whose page it is, and finds into the product.
  await page.getByRole('link', { name: 'Portfolio History' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
});

test('an administrator tells the owners of broken connections, once, after a preview, on record', async ({
  page,
  app,
  signInAs,
}) => {
  await signInAs(page, 'admin');
  await page.goto('/admin/coverage');
  const incident = page.getByRole('listitem').filter({ hasText: /Keystone Trust: / });
  await incident.getByRole('link', { name: 'Tell the users' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Tell the users');
  await expect(page.getByText('Get this message')).toBeVisible();
  await expect(page.getByText('Keystone Trust still waits for you to sign in again')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  await page.getByLabel('Reason').fill('their broker changed its sign-in');
  await page.getByRole('button', { name: 'Tell 6 users…' }).click();
  expect(await readSubjects(app.status, 'oscar@example.com')).not.toContain(
    'Keystone Trust still waits for you to sign in again',
  );
  await page.getByRole('button', { name: 'Tell 6 users: send now' }).click();
  await expect(page.getByText('There is nobody left to remind.')).toBeVisible();
  await expect
    .poll(() => readSubjects(app.status, 'oscar@example.com'), { timeout: 60_000 })
    .toContain('Keystone Trust still waits for you to sign in again');

  await page.goto('/admin/audit?action=remind_owners');
  const entry = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Keystone Trust, 6 users' });
  await expect(entry).toContainText('admin@example.com');
  await expect(entry).toContainText('their broker changed its sign-in');
});
