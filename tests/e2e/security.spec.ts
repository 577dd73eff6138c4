import type { Page } from '@playwright/test';
import { ACCESS_TABLE } from '../support/access-table';
import { expect, test } from './support/test';

/** A page that is none comes too: its scripts need a nonce as well. */
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

/** Every page of the table, where its places name somebody of the demo. */
function pagesAbout(userId: string): readonly string[] {
  const pages = Object.entries(ACCESS_TABLE).filter(([endpoint]) => endpoint.startsWith('page '));
  const paths = pages.map(([endpoint, { path }]) => path ?? endpoint.slice('page '.length));
  return [...paths, '/?period=ALL&view=table'].map((path) => path.replace(':user', userId));
}

/** Whoever it is shown to, what stands where a page would be is a page as well: the one to sign in, or that there is none. */
for (const story of [null, 'steady', 'admin'] as const) {
  test.describe(`for ${story ?? 'a visitor'}`, () => {
    // The browser tells of each page that is not there: for a user operators' pages, for an operator runs that nobody made.
    test.use({ story, expectedComplaint: story === null ? null : /status of 404/ });

    test('every page runs under its policy without a complaint', async ({ page }) => {
      const listed = story === 'admin' ? await page.request.get('/api/admin/coverage/users?limit=1') : null;
      const { rows } =
        listed === null ? { rows: [] } : ((await listed.json()) as { rows: { userId: string }[] });
      const readRefused = await watchPolicy(page);
      for (const path of pagesAbout(rows[0]?.userId ?? '00000000-0000-4000-8000-000000000000')) {
        const answer = await page.goto(path);
        const headers = answer?.headers() ?? {};
        expect(headers['content-security-policy'], path).toMatch(
          /script-src 'self' 'nonce-[\w+/=]+' 'strict-dynamic';/,
        );
        expect(headers['content-security-policy'], path).toContain("frame-ancestors 'none'");
        expect(headers['strict-transport-security'], path).toBe('max-age=31536000');
        expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        expect(await readRefused(), path).toEqual([]);
      }
      // What the last of them loads late would still be told to the console.
      await page.waitForLoadState('networkidle');
    });
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
