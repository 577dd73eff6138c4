import type { Page } from '@playwright/test';
import { createClient } from '@supabase/supabase-js';
import type { UsersToBackfill } from '../support/link-users-process';
import { appUnderTest, expect, test } from './support/test';
import { findViolations } from './support/violations';

test.use({ story: 'admin' });

const WEEK = 'from=2026-11-16&to=2026-11-20';

/** The users whom the tests of this device may backfill. */
function usersToBackfill(): UsersToBackfill {
  const users = JSON.parse(process.env.USERS_TO_BACKFILL ?? '{}') as Record<string, UsersToBackfill>;
  const own = users[test.info().project.name];
  if (own === undefined) throw new Error('the global set-up linked no users for this device');
  return own;
}

async function openPreview(page: Page, user: string): Promise<void> {
  await page.goto(`/admin/backfill?user=${user}&${WEEK}`);
  await expect(page.getByRole('heading', { name: user })).toBeVisible();
}

test('a gap is previewed, filled and seen to close, and the log says who asked', async ({ page }) => {
  const { gap } = usersToBackfill();
  await openPreview(page, gap);
  const preview = page.locator('section[aria-labelledby="preview"]');
  await expect(preview).toContainText('Days to fill5');
  await expect(preview).toContainText('Provider requestsabout 2');
  await expect(preview).toContainText('Not recorded yet 5');
  expect(await findViolations(page)).toEqual([]);

  await page.getByLabel(/^Why/).fill('she wrote to us');
  await page.getByRole('button', { name: 'Start backfill' }).click();
  await expect(page).toHaveURL(/\/admin\/backfill\/[\da-f-]{36}$/);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(gap);
  await expect(page.getByText('Done', { exact: true })).toBeVisible();
  await expect(page.getByText('1 of 1 connections asked')).toBeVisible();
  await expect(page.getByText('Every day that was missing is there now.')).toBeVisible();
  await expect(page.getByText('Nov 16 – 20, 2026: Filled (5 days)')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);

  // Nothing is missing any more, and the page says so instead of offering it again.
  const report = page.url();
  await openPreview(page, gap);
  await expect(page.getByText('Nothing is missing here that a provider could be asked for.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start backfill' })).toHaveCount(0);

  await page.goto(report);
  await page.getByRole('region', { name: 'Runs' }).getByRole('link').first().click();
  await expect(page.getByRole('definition').filter({ hasText: /^Backfill$/ })).toBeVisible();
  await expect(page.getByText('Run id in the logs')).toBeVisible();

  await page.goto('/admin/audit');
  const entry = page
    .getByRole('listitem')
    .filter({ has: page.locator(`a[href="${new URL(report).pathname}"]`) });
  await expect(entry).toContainText('admin@example.com');
  await expect(entry).toContainText('Opened a backfill');
  await expect(entry).toContainText('she wrote to us');
  await expect(entry).toContainText('5 of 5 days filled');
});

test('a backfill goes on when its page is closed, leads others who ask to it, and can be cancelled', async ({
  page,
}) => {
  const { unanswered } = usersToBackfill();
  await openPreview(page, unanswered);
  await page.getByRole('button', { name: 'Start backfill' }).click();
  await expect(page).toHaveURL(/\/admin\/backfill\/[\da-f-]{36}$/);
  const report = page.url();

  await openPreview(page, unanswered);
  await page.getByRole('button', { name: 'Start backfill' }).click();
  await expect(page).toHaveURL(report);
  await expect(page.getByText('Running', { exact: true }).first()).toBeVisible();
  await expect(page.getByText('Nov 16 – 20, 2026: Waiting (5 days)')).toBeVisible();

  await page.getByRole('button', { name: 'Cancel backfill' }).click();
  await page.getByRole('button', { name: 'No, go on' }).click();
  await page.getByRole('button', { name: 'Cancel backfill' }).click();
  await page.getByRole('button', { name: 'Yes, stop asking' }).click();
  await expect(page.getByText('Cancelled', { exact: true })).toBeVisible();
  await expect(page.getByText('Nov 16 – 20, 2026: Not asked (5 days)')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel backfill' })).toHaveCount(0);

  await page.goto('/admin/audit?action=cancel_backfill');
  await expect(
    page.getByRole('listitem').filter({ has: page.locator(`a[href="${new URL(report).pathname}"]`) }),
  ).toContainText('Cancelled a backfill');
});

test.describe('what cannot be previewed', () => {
  test('is said in words, and what was typed stays', async ({ page }) => {
    await page.goto('/admin/backfill');
    await page.getByLabel('User').fill('nobody@example.com');
    await page.getByRole('button', { name: 'Preview' }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'nobody has this id' })).toBeVisible();
    await expect(page.getByLabel('User')).toHaveValue('nobody@example.com');
    expect(await findViolations(page)).toEqual([]);
  });
});

test('runs that failed come before all others, until the newest are asked for', async ({ page }) => {
  const { supabaseUrl, secretKey } = appUnderTest();
  const service = createClient(supabaseUrl, secretKey, { auth: { persistSession: false } });
  const at = '2026-11-18T22:00:00Z';
  const { error } = await service.from('runs').insert({
    id: crypto.randomUUID(),
    trigger: 'page_view',
    trading_day: '2026-11-18',
    status: 'failed',
    started_at: at,
    alive_at: at,
    finished_at: at,
  });
  expect(error).toBeNull();

  await page.goto('/admin/runs');
  const first = page.getByRole('main').getByRole('listitem').first();
  await expect(first).toContainText('Nov 18, 2026, 17:00 ET');
  await expect(first).toContainText('Failed');
  expect(await findViolations(page)).toEqual([]);

  await page.getByRole('link', { name: 'Newest first' }).click();
  await expect(page).toHaveURL('/admin/runs?order=newest');
  await expect(first).toContainText('Nov 20, 2026');
  await first.getByRole('link').click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Nov 20, 2026');
  expect(await findViolations(page)).toEqual([]);
});

test.describe('a screen of 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  for (const path of ['/admin/backfill?user=ben@example.com', '/admin/runs', '/admin/audit']) {
    test(`${path} has no accessibility violation and does not scroll sideways`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await findViolations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
    });
  }
});

test.describe('somebody who is no administrator', () => {
  test.use({ story: 'steady', expectedComplaint: /404/ });

  for (const path of ['/admin/backfill', '/admin/runs', '/admin/audit'])
    test(`finds nothing at ${path}`, async ({ page }) => {
      const answer = await page.goto(path);
      expect(answer?.status()).toBe(404);
      await expect(page.getByRole('main')).not.toContainText('Previous backfills');
    });
});
