import { createClient } from '@supabase/supabase-js';
import type { RunningApp } from '../support/running-app';
import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// Each device has a demo of its own, in which one thing comes after another.
test.describe.configure({ mode: 'serial' });

async function watch({ status }: RunningApp): Promise<void> {
  await fetch(`${status.appUrl}/api/cron/watch`, {
    headers: { authorization: `Bearer ${status.cronSecret}` },
  });
}

test('the inbox says at once whether there is anything, and an operator works through it by keyboard', async ({
  page,
  app,
  signInAs,
}) => {
  await watch(app);
  await signInAs(page, 'admin');
  await page.goto('/admin');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
  await expect(page.getByText(/things? waits? for a decision\./)).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);

  const held = page.getByRole('listitem').filter({ hasText: 'mona@example.com' });
  await expect(held).toContainText('held value');
  await held.getByRole('button', { name: /^Take on/ }).focus();
  await page.keyboard.press('Enter');
  await expect(held.getByText('Yours')).toBeVisible();
  await expect(page.getByText(/1 of them yours/)).toBeVisible();
  await held.getByText('History').press('Enter');
  await expect(held.getByText(/admin@example.com took it on/)).toBeVisible();

  await held
    .getByText(/^Snooze/)
    .first()
    .press('Enter');
  await held.getByRole('button', { name: '1 day' }).press('Enter');
  await expect(held).toHaveCount(0);
  await page.getByRole('link', { name: 'Snoozed (1)' }).click();
  await expect(held.getByText(/Snoozed until/)).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  await held.getByRole('button', { name: /^Wake/ }).click();
  await expect(held).toHaveCount(0);
  await page.goto('/admin');
  await held.getByRole('link').first().click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('mona@example.com');
});

test('looking at a user’s money is in the audit log, once', async ({ page, signInAs }) => {
  await signInAs(page, 'admin');
  await page.goto('/admin/audit?action=view_user');
  const entries = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Looked at a user' });
  await expect(entries.filter({ hasText: 'mona@example.com' })).toHaveCount(1);
  expect(await findViolations(page)).toEqual([]);
});

test('each alert stands on a page of its own', async ({ page, signInAs }) => {
  await signInAs(page, 'admin');
  await page.goto('/admin/alerts');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Alerts');
  await expect(page.getByText('Open', { exact: true }).first()).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
});

test('an alert reads the same in the inbox and on its page, in the product’s words', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'admin');
  for (const path of ['/admin', '/admin/alerts']) {
    await page.goto(path);
    const alert = page.getByRole('listitem').filter({ hasText: 'Keystone Trust fails for many users' });
    await expect(alert).toContainText(
      '6 connections of 6 users through SnapTrade since Nov 11, 2026: reconnect needed.',
    );
    await expect(page.getByRole('main')).not.toContainText(/snaptrade|UTC|\d{4}-\d{2}-\d{2}/);
  }
});

test('an account of a kind that nobody knows is asked about, answered and taken back', async ({
  page,
  app: { status },
  signInAs,
}) => {
  const client = createClient(status.supabaseUrl, status.secretKey, { auth: { persistSession: false } });
  const { data: userId } = await client.rpc('user_with_email', { p_email: 'stella@example.com' });
  const { data: known } = await client
    .from('accounts')
    .select('id, user_id, connection_id')
    .eq('user_id', userId)
    .limit(1)
    .single();
  const { data: odd, error } = await client
    .from('accounts')
    .insert({
      user_id: userId,
      connection_id: known?.connection_id,
      external_id: 'odd',
      name: 'Odd account',
      currency: 'USD',
      first_known_on: '2026-11-19',
    })
    .select('id')
    .single();
  expect(error).toBeNull();
  const { error: sightingError } = await client.from('account_sightings').insert({
    user_id: userId,
    account_id: odd?.id,
    seen_at: ['2026-11-19T22:00:00Z'],
    is_listed: true,
    is_open: true,
    is_paper: false,
    currency: 'USD',
  });
  expect(sightingError).toBeNull();

  await signInAs(page, 'steady');
  await page.goto('/data-quality');
  const question = page.getByRole('region', { name: 'An account of an unknown kind' });
  await expect(question).toContainText('What is Odd account at');
  expect(await findViolations(page)).toEqual([]);
  await question.getByLabel('What is it?').selectOption('Investments: it counts');
  await question.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved: the account counts from the next close on.')).toBeVisible();
  await expect(question).toHaveCount(0);
  const decided = page.getByRole('region', { name: 'Decisions' });
  await expect(decided).toContainText('Odd account: Investment');
  expect(await findViolations(page)).toEqual([]);
  await decided.getByRole('button', { name: 'Take back' }).click();
  await expect(question).toBeVisible();
});
