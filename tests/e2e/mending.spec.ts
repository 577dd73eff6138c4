import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import type { RunningApp } from '../support/running-app';
import { controlSandbox, daysOf, expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device mends a demo of its own, one thing after another.
test.describe.configure({ mode: 'serial' });

const SHUT_OUT = ['oscar', 'paula', 'quinn', 'rosa', 'simon', 'tessa'];

/** The row of the incident at the brokerage that fails for many. */
const incidentOn = (page: Page) => page.getByRole('listitem').filter({ hasText: /Keystone Trust: / });

/** What the broker does when its users are let in again, as each of them would have to bring about. */
async function letEverybodyIn(app: RunningApp): Promise<void> {
  for (const name of SHUT_OUT)
    await controlSandbox(app, 'PATCH', `/connections/bulk-${name}`, { disabledSince: null });
}

async function openUser(page: Page, name: string): Promise<void> {
  await page.goto(`/admin/coverage?search=${name}@example.com`);
  await page.getByRole('link', { name: `${name}@example.com` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`${name}@example.com`);
}

test.describe('an administrator', () => {
  test('rejects a held value with a reason, and the log keeps who did it and why', async ({
    page,
    signInAs,
  }) => {
    await signInAs(page, 'admin');
    await openUser(page, 'mona');
    const verdict = (name: string) => page.getByRole('button', { name, exact: true });
    await expect(verdict('Accept')).toBeVisible();

    // Without a reason nothing is decided.
    await verdict('Reject').click();
    await expect(page.getByRole('textbox', { name: 'Reason' })).toBeFocused();
    await expect(verdict('Reject')).toBeVisible();

    // Enter in the field decides nothing, and nothing is decided before it is confirmed.
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url());
    });
    const reason = page.getByRole('textbox', { name: 'Reason' });
    await reason.fill('ten times yesterday, the broker confirmed the fault');
    await reason.press('Enter');
    await verdict('Accept').click();
    await page.getByRole('alertdialog', { name: 'Accept?' }).getByRole('button', { name: 'Cancel' }).click();
    await verdict('Reject').click();
    const question = page.getByRole('alertdialog', { name: 'Reject?' });
    await expect(question).toContainText('It stays out of the user’s history.');
    expect(await findViolations(page)).toEqual([]);
    expect(sent).toEqual([]);
    await question.getByRole('button', { name: 'Yes, reject' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Rejected' })).toBeVisible();
    await expect(verdict('Reject')).toHaveCount(0);
    expect(await findViolations(page)).toEqual([]);

    // The day says so too, and the verdict can be taken back.
    const user = page.url();
    await page.goto(`${user}/2026-11-20`);
    await expect(page.getByText('Rejected', { exact: true })).toBeVisible();
    await expect(page.getByText('An administrator rejected the value.')).toBeVisible();
    await page.goto(user);
    const decided = page.getByRole('region', { name: 'Decided by people' });
    await decided.getByRole('textbox', { name: 'Reason' }).fill('the broker was right');
    await decided.getByRole('button', { name: 'Take back' }).click();
    await expect(decided).toHaveCount(0);
    await expect(verdict('Accept')).toBeVisible();

    await page.goto('/admin/audit?action=reject_held');
    const entry = page.getByRole('main').getByRole('listitem').filter({ hasText: 'mona@example.com' });
    await expect(entry).toContainText('admin@example.com');
    await expect(entry).toContainText('ten times yesterday, the broker confirmed the fault');
  });

  test('ends an account and takes that back: its owner reads both, and the log who did it and why', async ({
    page,
    browser,
    baseURL,
    signInAs,
  }) => {
    const theirs = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
    const their = await theirs.newPage();
    await signInAs(their, 'steady');
    const readTheirs = async () => {
      const answer = await their.request.get('/api/portfolio/history?period=1W');
      return daysOf((await answer.json()) as HistoryDocument);
    };
    const before = await readTheirs();
    const accountOn = (page: Page) => page.getByRole('listitem').filter({ hasText: /^Roth IRA/ });

    await signInAs(page, 'admin');
    await openUser(page, 'stella');
    const account = accountOn(page);
    await account.getByText('End Roth IRA').click();
    await account.getByLabel('Closed since').fill('2026-11-19');
    await account.getByLabel('Reason').fill('she wrote that it is closed');
    expect(await findViolations(page)).toEqual([]);
    await account.getByRole('button', { name: 'End this account' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Roth IRA is ended' })).toBeVisible();
    await expect(account).toContainText('closed Nov 19, 2026');
    // What would take it back is a press apart, and asks for a reason of its own.
    await expect(account.getByRole('button')).toHaveCount(0);

    await their.goto('/connections');
    await expect(accountOn(their)).toContainText('Closed by you or by support, since Nov 19, 2026');
    const without = await readTheirs();
    expect(without.slice(0, -2)).toEqual(before.slice(0, -2));
    expect(without).toHaveLength(before.length);
    expect(without.slice(-2)).not.toEqual(before.slice(-2));

    await account.getByText('Take back the end of Roth IRA').click();
    await expect(account.getByLabel('Reason')).toHaveValue('');
    await account.getByLabel('Reason').fill('it was another account of hers');
    await account.getByRole('button', { name: 'Take it back' }).click();
    await expect(page.getByRole('status').filter({ hasText: 'Roth IRA is open again.' })).toBeVisible();
    await expect(account).not.toContainText('closed');

    await their.reload();
    await expect(accountOn(their)).toContainText('Known since');
    await expect(accountOn(their)).not.toContainText('Closed by');
    expect(await readTheirs()).toEqual(before);
    await theirs.close();

    await page.goto('/admin/audit');
    const entries = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Roth IRA' });
    await expect(entries).toHaveText([
      /admin@example\.com.*Took the end of an account back.*stella@example\.com.*“it was another account of hers”/,
      /admin@example\.com.*Ended an account.*Roth IRA at Summit Invest of stella@example\.com.*“she wrote that it is closed”/,
    ]);
  });

  test('sees one incident for a brokerage, and mends it for all its users at once', async ({
    page,
    app,
    signInAs,
  }) => {
    await signInAs(page, 'admin');
    await page.goto('/admin/coverage');
    await expect(incidentOn(page)).toContainText('6 users, 6 connections');

    await letEverybodyIn(app);
    await incidentOn(page).getByRole('link', { name: 'Backfill all' }).click();
    const preview = page.locator('section[aria-labelledby="preview"]');
    await expect(preview).toContainText('Days to fill48');
    await page.getByRole('button', { name: 'Start backfill' }).click();
    await expect(page.getByText('6 of 6 connections asked')).toBeVisible();
    await expect(page.getByText('Every day that was missing is there now.')).toBeVisible();

    await page.goto('/admin/coverage');
    await expect(page.getByText('No brokerage fails for many users at once.')).toBeVisible();
    await openUser(page, 'rosa');
    await expect(page.getByText('8 of 65')).toHaveCount(0);
    expect(await findViolations(page)).toEqual([]);
  });
});
