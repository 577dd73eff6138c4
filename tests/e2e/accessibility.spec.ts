import { chartOn, openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

test('making an account and what comes by mail has no accessibility violation', async ({ page }) => {
  for (const address of ['/sign-up', '/forgot-password', '/confirm?type=recovery&token_hash=none']) {
    await page.goto(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    expect(await findViolations(page), address).toEqual([]);
  }
});

test.describe('settings', () => {
  test.use({ story: 'steady' });

  test('have no accessibility violation, and scroll nowhere sideways', async ({ page }) => {
    await page.goto('/settings');
    await page.getByText('Delete everything about me…').click();
    expect(await findViolations(page)).toEqual([]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

test('signing in has no accessibility violation', async ({ page }) => {
  await page.goto('/sign-in');
  expect(await findViolations(page)).toEqual([]);
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not-the-password');
  await page.keyboard.press('Enter');
  await expect(page.locator('#sign-in-error')).not.toBeEmpty();
  expect(await findViolations(page)).toEqual([]);
});

for (const story of ['outage', 'broken', 'admin'] as const) {
  test.describe(`the portfolio of the story ${story}`, () => {
    test.use({ story });

    test('has no accessibility violation, whatever is shown', async ({ page }) => {
      await page.goto('/?period=1M');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      expect(await findViolations(page)).toEqual([]);
      if ((await chartOn(page).count()) === 0) return;
      await chartOn(page).focus();
      await page.keyboard.press('Home');
      expect(await findViolations(page)).toEqual([]);
      await page.getByRole('button', { name: 'Table' }).click();
      await expect(page.getByRole('table', { name: 'Portfolio history by trading day' })).toBeVisible();
      expect(await findViolations(page)).toEqual([]);
    });
  });
}

test.describe('a page in trouble', () => {
  test.use({ story: 'outage', expectedComplaint: /^Failed to load resource/ });

  test('has no accessibility violation', async ({ page }) => {
    await openChart(page, '/?period=1M');
    await page.route('**/api/portfolio/history?*', (route) => route.abort());
    await page.getByRole('radio', { name: /6 months/ }).click();
    await expect(page.getByRole('alert').filter({ hasText: 'We couldn’t refresh' })).toBeVisible();
    expect(await findViolations(page)).toEqual([]);
  });
});
