import type { Page } from '@playwright/test';
import { chartOn } from './support/chart';
import { controlSandbox, daysOf, expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// One story after another: each goes on from what the one before has left.
test.describe.configure({ mode: 'serial' });

const card = (page: Page, institution: string) =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: institution, exact: true }) });
const notice = (page: Page) => {
  const main = page.getByRole('main');
  return main.getByRole('status').or(main.getByRole('alert'));
};

/** From the page of connections through the portal, and back. */
async function linkBroker(page: Page, broker: string): Promise<void> {
  await page.getByRole('button', { name: 'Link a brokerage' }).click();
  await page.getByRole('radio', { name: broker }).check();
  await page.getByRole('button', { name: 'Sign in and link' }).click();
  await page.waitForURL('**/connections?notice=linked*');
}

async function unlink(page: Page, institution: string): Promise<void> {
  await page.getByRole('button', { name: `Unlink ${institution}` }).click();
  await page
    .getByRole('alertdialog')
    .getByRole('button', { name: `Unlink ${institution}` })
    .click();
  await page.waitForURL('**/connections?notice=unlinked*');
}

test.describe('somebody who has linked nothing', () => {
  test('comes from the portfolio to a page that says what linking means', async ({ page, signInAs }) => {
    await signInAs(page, 'fresh');
    await page.getByRole('link', { name: 'Connect your first brokerage' }).click();
    await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
    await expect(page.getByRole('link', { name: 'Connections' })).toHaveAttribute('aria-current', 'page');
    await expect(page.getByRole('main')).toContainText('We never see your password');
    expect(await findViolations(page)).toEqual([]);
  });

  test('is told why a sign-in at the broker failed, and nothing is linked', { tag: '@desk' }, async ({
    page,
    signInAs,
  }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await page.getByRole('button', { name: 'Link a brokerage' }).click();
    await expect(page.getByText('This is a sandbox.')).toBeVisible();
    expect(await findViolations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Fail' }).click();
    await expect(notice(page)).toContainText('The broker did not accept the user name or the password.');
    await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
    expect(await findViolations(page)).toEqual([]);
  });

  test('can leave the portal, and nothing has changed', { tag: '@desk' }, async ({ page, signInAs }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await page.getByRole('button', { name: 'Link a brokerage' }).click();
    await page.getByRole('button', { name: 'Leave without signing in' }).click();
    await expect(notice(page)).toContainText('You left before anything was linked');
    await expect(page.getByRole('heading', { name: 'Nothing is linked' })).toBeVisible();
  });

  test('stays on the page, with a reason, while the linking service is down', { tag: '@desk' }, async ({
    page,
    app,
    signInAs,
  }) => {
    await controlSandbox(app, 'POST', '/faults', { id: 'down', effect: { type: 'status', status: 503 } });
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await page.getByRole('button', { name: 'Link a brokerage' }).click();
    const alert = page.getByRole('main').getByRole('alert');
    await expect(alert).toContainText('The linking service does not answer right now.');
    expect(await findViolations(page)).toEqual([]);

    await controlSandbox(app, 'DELETE', '/faults');
    await page.getByRole('button', { name: 'Link a brokerage' }).click();
    await expect(page.getByRole('heading', { name: 'Link a brokerage' })).toBeVisible();
  });

  test('links a broker and sees the past year in the chart', async ({ page, signInAs, readHistory }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await linkBroker(page, 'Harbor Securities');
    await expect(notice(page)).toContainText('Harbor Securities is linked');
    await expect(card(page, 'Harbor Securities')).toContainText('Working');
    await expect(card(page, 'Harbor Securities')).toContainText('Known since Nov 20, 2025');
    await expect(notice(page)).toContainText('Your past year’s days are filled in');
    expect(await findViolations(page)).toEqual([]);

    await page.getByRole('link', { name: 'See your portfolio' }).click();
    await expect(chartOn(page)).toBeVisible();
    await expect(page.getByRole('main')).toContainText('Demo data');
    const { coverage, gaps } = await readHistory('1Y');
    expect(coverage.presentDays).toBe(coverage.expectedDays);
    expect(coverage.expectedDays).toBeGreaterThan(245);
    expect(gaps).toEqual([]);
  });
});

test.describe('somebody with a broken connection', () => {
  test('is led from the banner to its card, signs in again, and the gap heals', async ({
    page,
    signInAs,
    readHistory,
  }) => {
    await signInAs(page, 'broken');
    expect((await readHistory('1M')).gaps.map(({ reason }) => reason)).toEqual(['connection_broken']);
    await page.getByRole('link', { name: 'Reconnect Summit Invest' }).click();
    await page.waitForURL('**/connections#connection-*');
    const summit = card(page, 'Summit Invest');
    await expect(summit).toBeInViewport();
    await expect(summit).toContainText('Reconnect needed');
    await expect(summit).toContainText('reconnect needed since Oct 29, 2026');
    await expect(card(page, 'Northwind Brokerage')).toContainText('Working');
    expect(await findViolations(page)).toEqual([]);

    await summit.getByRole('button', { name: 'Reconnect' }).click();
    await expect(page.getByRole('heading', { name: 'Sign in to Summit Invest again' })).toBeVisible();
    await page.getByRole('button', { name: 'Sign in again' }).click();
    await expect(notice(page)).toContainText('You signed in to Summit Invest again');
    await expect(summit).toContainText('Working');

    await page.getByRole('link', { name: 'See your portfolio' }).click();
    await expect(chartOn(page)).toBeVisible();
    const { gaps, coverage } = await readHistory('1M');
    expect(gaps).toEqual([]);
    expect(coverage.presentDays).toBe(coverage.expectedDays);
    await expect(page.getByText('Summit Invest needs you to sign in again')).toHaveCount(0);
  });
});

test.describe('unlinking', () => {
  test('is asked about first, and Escape leaves everything as it is', async ({ page, signInAs }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    const open = page.getByRole('button', { name: 'Unlink Harbor Securities' });
    await open.focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('alertdialog', { name: 'Unlink Harbor Securities?' });
    await expect(dialog).toContainText('Your history stays');
    await expect(dialog.getByRole('button', { name: 'Keep it linked' })).toBeFocused();
    expect(await findViolations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
    await expect(open).toBeFocused();
    await expect(card(page, 'Harbor Securities')).toContainText('Working');
  });

  test('keeps the past, to the cent', { tag: '@desk' }, async ({ page, signInAs, readHistory }) => {
    await signInAs(page, 'fresh');
    const before = daysOf(await readHistory('1Y'));
    await page.goto('/connections');
    await unlink(page, 'Harbor Securities');
    await expect(notice(page)).toContainText('Harbor Securities is unlinked');
    await expect(card(page, 'Harbor Securities')).toContainText('Closed Nov 23, 2026');
    await expect(page.getByRole('heading', { name: 'No longer linked' })).toBeVisible();
    expect(daysOf(await readHistory('1Y'))).toEqual(before);
    expect(await findViolations(page)).toEqual([]);
  });
});

test.describe('an account that comes back', () => {
  test('is asked about where the broker tells no ids; a yes joins the lines, and can be undone', {
    tag: '@desk',
  }, async ({ page, signInAs }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await linkBroker(page, 'Meadow Brokers');
    await expect(card(page, 'Meadow Brokers')).toContainText('Working');
    await unlink(page, 'Meadow Brokers');
    await linkBroker(page, 'Meadow Brokers');
    const question = page.getByText('Is Roth IRA at Meadow Brokers the same account as Roth IRA');
    await expect(question).toBeVisible();
    await expect(question).toContainText('last known on Nov 20, 2026?');
    expect(await findViolations(page)).toEqual([]);

    // It is asked where the total is that may count it twice, too.
    await page.getByRole('link', { name: 'Portfolio', exact: true }).click();
    await expect(page.getByRole('link', { name: /^Connections.*1 question waits$/ })).toBeVisible();
    await expect(page.getByRole('status').filter({ has: question })).toContainText(
      'may count twice until you answer',
    );
    expect(await findViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Yes, the same' }).click();
    await expect(notice(page)).toContainText('The two accounts now count as one');
    await expect(question).toHaveCount(0);
    await expect(page.getByRole('main')).toContainText(
      'One line with the earlier Roth IRA at Meadow Brokers.',
    );

    await page.getByRole('button', { name: 'Separate Roth IRA' }).click();
    await expect(notice(page)).toContainText('The account counts on its own again');
    await expect(page.getByText('One line with the earlier')).toHaveCount(0);
  });

  test('that was linked by somebody who never came back is found at the next page view', {
    tag: '@desk',
  }, async ({ page, app, signInAs }) => {
    await signInAs(page, 'fresh');
    await page.goto('/connections');
    await page.getByRole('button', { name: 'Link a brokerage' }).click();
    await page.getByRole('radio', { name: 'Northwind Brokerage' }).check();
    // The portal does its part, and its way back leads nowhere.
    await page.route(
      (url) => url.origin === app.status.sandboxUrl,
      async (route) => {
        await route.fetch({ maxRedirects: 0 });
        await route.fulfill({ body: 'Nobody is here.', contentType: 'text/plain' });
      },
    );
    await page.getByRole('button', { name: 'Sign in and link' }).click();
    await expect(page.getByText('Nobody is here.')).toBeVisible();

    await expect(async () => {
      await page.goto('/connections');
      await expect(card(page, 'Northwind Brokerage')).toContainText('Working', { timeout: 1_000 });
    }).toPass();
  });
});

test('nothing scrolls sideways on 320 pixels, and axe finds nothing', async ({ page, signInAs }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await signInAs(page, 'fresh');
  await page.goto('/connections?notice=abandoned');
  await expect(page.getByRole('heading', { name: 'Linked', exact: true })).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  const width = () => page.evaluate(() => document.documentElement.scrollWidth);
  expect(await width()).toBeLessThanOrEqual(320);
  // Whichever broker the tests before this one left.
  await page
    .getByRole('button', { name: /^Unlink / })
    .first()
    .click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  expect(await width()).toBeLessThanOrEqual(320);
});

test('a visitor who is not signed in is led to sign in, and back', { tag: '@desk' }, async ({
  page,
  app,
}) => {
  await page.goto('/connections');
  await page.waitForURL('**/sign-in?next=%2Fconnections');
  const user = app.status.users.find(({ story }) => story === 'fresh');
  await page.getByLabel('E-mail').fill(user?.email ?? '');
  await page.getByLabel('Password').fill(user?.password ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Connections', level: 1 })).toBeVisible();
});
