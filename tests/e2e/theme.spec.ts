import type { Page } from '@playwright/test';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

const canvas = (page: Page) =>
  page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
const LIGHT = 'rgb(246, 245, 242)';
const DARK = 'rgb(11, 13, 17)';

test.describe('the colours', () => {
  test.use({ story: 'outage', colorScheme: 'dark' });

  test('are the device’s until others are chosen, which the server then writes by itself', async ({
    page,
    browser,
    context,
    baseURL,
  }) => {
    await page.goto('/settings');
    expect(await canvas(page)).toBe(DARK);
    await page.getByRole('radio', { name: 'Light' }).check();
    expect(await canvas(page)).toBe(LIGHT);
    expect(await findViolations(page)).toEqual([]);

    // The first paint is right already: no script takes part in it.
    const still = await browser.newContext({
      ...(baseURL === undefined ? {} : { baseURL }),
      javaScriptEnabled: false,
      colorScheme: 'dark',
      storageState: await context.storageState(),
    });
    const first = await still.newPage();
    await first.goto('/');
    expect(await canvas(first)).toBe(LIGHT);
    await still.close();

    await page.getByRole('radio', { name: 'Same as my device' }).check();
    expect(await canvas(page)).toBe(DARK);
    await page.reload();
    expect(await canvas(page)).toBe(DARK);
    await expect(page.getByRole('radio', { name: 'Same as my device' })).toBeChecked();
  });
});

test.describe('the foot of a page', () => {
  test('leads strangers to help, privacy and status, without a finding of axe', async ({ page }) => {
    await page.goto('/sign-in');
    for (const name of ['Help', 'Privacy', 'Status']) {
      await page.getByRole('navigation', { name: 'Footer' }).getByRole('link', { name }).click();
      await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
      expect(await findViolations(page)).toEqual([]);
    }
  });

  test('leads to help that calls kinds and gaps as the chart does', async ({ page }) => {
    await page.goto('/help');
    for (const term of ['Recorded at close', 'Filled in later', 'Estimated', 'Missing', 'Reconnect needed'])
      await expect(page.getByRole('term').filter({ hasText: new RegExp(`^${term}$`) })).toHaveCount(1);
  });

  test('leads to a status that says what the health check says', async ({ page, request }) => {
    const { status } = (await (await request.get('/api/health')).json()) as { status: string };
    await page.goto('/status');
    await expect(
      page.getByText(status === 'ok' ? 'Everything works' : 'Something does not work right now'),
    ).toBeVisible();
  });
});

test.describe('somebody who is signed in', () => {
  test.use({ story: 'outage', expectedComplaint: /status of 404/ });

  test('finds the way on from an address that is none', async ({ page }) => {
    const answer = await page.goto('/no-such-page');
    expect(answer?.status()).toBe(404);
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Connections' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Connections' })).toBeVisible();
  });

  test('has an icon and a manifest, and the typeface for ids only where there is one', async ({
    page,
    request,
  }) => {
    const fonts: string[] = [];
    page.on('response', (response) => {
      if (response.request().resourceType() === 'font') fonts.push(response.url());
    });
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(fonts.filter((url) => /mono/i.test(url))).toEqual([]);
    expect(await page.locator('link[rel="preload"][as="font"]').count()).toBe(1);
    for (const [rel, type] of [
      ['icon', 'image/svg+xml'],
      ['manifest', 'application/manifest+json'],
    ]) {
      const href = await page.locator(`link[rel="${rel}"]`).first().getAttribute('href');
      const answer = await request.get(href ?? '');
      expect(answer.status()).toBe(200);
      expect(answer.headers()['content-type']).toContain(type);
    }
  });
});
