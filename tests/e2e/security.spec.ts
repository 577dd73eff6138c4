import type { Page } from '@playwright/test';
import { expect, test } from './support/test';

/** Every page, as an administrator finds them all. A page that is none comes too: its scripts need a nonce as well. */
const PAGES = [
  ...['/', '/?period=ALL&view=table', '/data-quality', '/connections'],
  ...['/settings', '/unsubscribe?token=none', '/admin', '/admin/alerts', '/admin/reminders'],
  ...['/admin/coverage', '/admin/backfill', '/admin/runs', '/admin/audit'],
];
const ABSENT = '/no-such-page';

test.use({ story: 'admin' });

/** What a page's policy refused, as the browser tells the page. */
async function watchPolicy(page: Page): Promise<() => Promise<readonly string[]>> {
  await page.addInitScript(() => {
    const refused: string[] = [];
    Object.assign(window, { refused });
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
      refused.push(`${violatedDirective} ${blockedURI}`);
    });
  });
  return () => page.evaluate(() => (window as unknown as { refused: string[] }).refused);
}

for (const path of PAGES) {
  test(`${path} runs under its policy without a complaint`, async ({ page }) => {
    const readRefused = await watchPolicy(page);
    const answer = await page.goto(path);
    const headers = answer?.headers() ?? {};
    expect(headers['content-security-policy']).toMatch(
      /script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic';/,
    );
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['strict-transport-security']).toBe('max-age=31536000');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await readRefused()).toEqual([]);
  });
}

test.describe('a page that is none', () => {
  test.use({ expectedComplaint: /status of 404/ });

  test('runs under its policy without a complaint', async ({ page }) => {
    const readRefused = await watchPolicy(page);
    await page.goto(ABSENT);
    await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await readRefused()).toEqual([]);
  });
});

test.describe('a script that was smuggled into a page', () => {
  // The browser says what it refused.
  test.use({ expectedComplaint: /Content Security Policy/ });

  test('does not run', async ({ page }) => {
    await page.goto('/data-quality');
    const refused = page.evaluate(
      () =>
        new Promise((resolve) => document.addEventListener('securitypolicyviolation', () => resolve(true))),
    );
    await page.evaluate(() =>
      document.body.insertAdjacentHTML('beforeend', '<img src="x:" onerror="window.ran = 1">'),
    );
    expect(await refused).toBe(true);
    expect(await page.evaluate(() => 'ran' in window)).toBe(false);
  });
});

test('the session is out of reach of scripts, travels encrypted, and lasts for thirty days', async ({
  page,
  context,
}) => {
  await page.goto('/data-quality');
  expect(await page.evaluate(() => document.cookie)).toBe('');
  const session = (await context.cookies()).filter(({ name }) => name.startsWith('sb-'));
  expect(session.length).toBeGreaterThan(0);
  for (const { httpOnly, secure, sameSite, expires } of session) {
    expect({ httpOnly, secure, sameSite }).toEqual({ httpOnly: true, secure: true, sameSite: 'Lax' });
    expect(expires - Date.now() / 1000).toBeLessThan(31 * 86_400);
  }
});

test('a damaged session is cleared, and its owner signs in again', async ({ page, context, baseURL }) => {
  const [session] = (await context.cookies()).filter(({ name }) => name.startsWith('sb-'));
  const name = session?.name ?? '';
  await context.clearCookies();
  await context.addCookies([{ name, value: 'base64-garbage', url: baseURL ?? '' }]);
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  expect(await context.cookies()).toEqual([]);
  await expect(page.getByRole('heading', { name: 'Sign in to Portfolio History' })).toBeVisible();
});
