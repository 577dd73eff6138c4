import type { Page } from '@playwright/test';
import { changeAnswers, HISTORY } from './support/answers';
import { chartOn, headlineOn, openChart } from './support/chart';
import { expect, fillSignIn, test, userOf } from './support/test';
import { findViolations } from './support/violations';

const FAILED_REQUEST = /^Failed to load resource|net::ERR_INTERNET_DISCONNECTED/;

// Time that was run ahead may have the page ask once more while its test ends.
test.afterEach(({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }));

/** Kept to be looked at; and nothing a state shows may be out of reach for anybody. */
async function lookAt(page: Page, state: string): Promise<void> {
  const { name } = test.info().project;
  for (const colorScheme of name === 'phone' ? (['dark'] as const) : (['dark', 'light'] as const)) {
    await page.emulateMedia({ colorScheme });
    await page.screenshot({
      path: `tests/.output/states/${state}-${colorScheme}-${name}.png`,
      fullPage: true,
    });
  }
  expect(await findViolations(page)).toEqual([]);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(
    page.viewportSize()?.width ?? 0,
  );
}

test.describe('nothing linked', () => {
  test.use({ story: 'admin' });

  test('says what linking an account will do', async ({ page }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Connect your first brokerage' })).toBeVisible();
    await lookAt(page, 'nothing-linked');
  });
});

test.describe('a first fill under way', () => {
  test.use({ story: 'filling' });

  test('says which connection is on its way, and how many are there', async ({ page }) => {
    await openChart(page, '/?period=1Y');
    const notice = page.getByRole('status').filter({ hasText: 'Loading your past year' });
    await expect(notice).toContainText('Loading your past year from Harbor Securities');
    await expect(notice.getByRole('progressbar', { name: '1 of 2 connections' })).toBeVisible();
    await lookAt(page, 'first-fill');
  });

  test('without a single day the page is about it, and the chart appears by itself', async ({ page }) => {
    await page.clock.install();
    await openChart(page, '/?period=1M');
    await changeAnswers(page, () => ({ points: [], gaps: [], accounts: [] }));
    await page.clock.runFor(16_000);
    await expect(page.getByRole('heading', { name: 'Loading your past year' })).toBeVisible();
    await expect(page.getByRole('main')).not.toContainText('$');
    await lookAt(page, 'first-fill-no-day');
    await changeAnswers(page, () => ({}));
    await page.clock.runFor(16_000);
    await expect(chartOn(page)).toBeVisible();
  });
});

test.describe('everything fine', () => {
  test.use({ story: 'steady' });

  test('needs no notice', async ({ page }) => {
    await openChart(page, '/?period=1Y');
    await expect(page.getByRole('main').getByRole('alert')).toHaveCount(0);
    await expect(page.getByText('needs you to sign in again')).toHaveCount(0);
    await lookAt(page, 'fine');
  });
});

test.describe('partially healed', () => {
  test.use({ story: 'broken' });

  test('says what is missing, what is final and who can mend it', async ({ page }) => {
    await openChart(page, '/?period=ALL');
    await expect(page.getByText('Summit Invest needs you to sign in again')).toBeVisible();
    await expect(page.getByRole('region', { name: 'Missing days' })).toContainText('No broker history');
    await lookAt(page, 'partially-healed');
  });
});

test.describe('a broker that does not answer', () => {
  test.use({ story: 'down' });

  test('is named with its last good sync, and nothing is asked of the reader', async ({ page }) => {
    await openChart(page, '/?period=1M');
    const notice = page.getByRole('status').filter({ hasText: 'We can’t reach' });
    await expect(notice).toContainText('We can’t reach Granite Brokers right now');
    await expect(notice).toContainText('Last read Nov 19, 2026, 16:00 ET');
    await expect(notice).toContainText(/We’ll retry at \d\d:\d\d ET; nothing to do\./);
    await expect(headlineOn(page)).toContainText('Thursday, November 19, 2026');
    await lookAt(page, 'provider-down');
  });
});

test.describe('signed out in mid-use', () => {
  test.use({ story: 'outage', expectedComplaint: FAILED_REQUEST });

  test('hides what was shown, and signing in leads back to the same view', { tag: '@desk' }, async ({
    page,
    context,
  }) => {
    await openChart(page, '/?period=3M&show=return');
    await context.clearCookies();
    // A pointer over a period fetches it ahead, which is refused before anything is pressed.
    await page.getByRole('radio', { name: /1 month/ }).hover();
    const notice = page.getByRole('alert').filter({ hasText: 'You were signed out' });
    await expect(notice).toBeVisible();
    await expect(page.locator('body')).not.toContainText('$');
    await lookAt(page, 'signed-out');

    await notice.getByRole('link', { name: 'Sign in again' }).click();
    const { email, password } = userOf('outage');
    await fillSignIn(page, email, password);
    await expect(page).toHaveURL('/?period=3M&show=return');
    await expect(headlineOn(page)).toContainText('Return, over 3 months');
  });
});

test.describe('offline', () => {
  test.use({ story: 'outage', expectedComplaint: FAILED_REQUEST });

  test('says since when it shows what, and is brought up to date when the network is back', async ({
    page,
    context,
  }) => {
    await openChart(page, '/?period=1M');
    const headline = await headlineOn(page).textContent();
    await context.setOffline(true);
    const notice = page.getByRole('alert').filter({ hasText: 'You are offline' });
    await expect(notice).toContainText(/You see the values of 1[78]:\d\d ET/);
    await expect(chartOn(page)).toBeVisible();
    expect(await headlineOn(page).textContent()).toBe(headline);
    await lookAt(page, 'offline');

    const refreshed = page.waitForResponse(HISTORY);
    await context.setOffline(false);
    await refreshed;
    await expect(notice).toHaveCount(0);
  });
});
