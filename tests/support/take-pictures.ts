import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findBrowser } from './browser';
import { startRunningApp } from './running-app';

/**
 * `npm run pictures`: the README's pictures, taken from the running demo. The clock is pinned, so that a picture changes
 * only when the product does.
 */
const PICTURES_DIR = join('.github', 'pictures');
const PINNED_CLOCK = '2026-11-20T22:30:00Z';
const DESKTOP = { width: 1120, height: 1300 };
const PHONE = { width: 390, height: 1000 };
const SIZES = { desktop: DESKTOP, phone: PHONE };

interface Picture {
  readonly name: string;
  readonly email: string;
  readonly path: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

const PORTFOLIO: readonly Picture[] = [
  {
    name: 'healed',
    email: 'olivia@example.com',
    path: '/?period=1Y',
    viewport: DESKTOP,
    colorScheme: 'light',
  },
  { name: 'broken', email: 'ben@example.com', path: '/?period=3M', viewport: DESKTOP, colorScheme: 'light' },
  { name: 'phone', email: 'olivia@example.com', path: '/?period=1Y', viewport: PHONE, colorScheme: 'dark' },
  {
    name: 'return',
    email: 'olivia@example.com',
    path: '/?period=1Y&show=return&benchmark=sp500',
    viewport: DESKTOP,
    colorScheme: 'dark',
  },
  {
    name: 'estimated',
    email: 'vera@example.com',
    path: '/?period=1M',
    viewport: { width: 1120, height: 840 },
    colorScheme: 'light',
  },
];

const ADMINISTRATOR = 'admin@example.com';
/** A demo user of the brokerage that fails for many. */
const USER_IN_TROUBLE = 'rosa@example.com';

mkdirSync(PICTURES_DIR, { recursive: true });
const app = await startRunningApp({ pinnedClock: PINNED_CLOCK });
try {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args] });
  for (const picture of PORTFOLIO) await takePicture(browser, picture);
  for (const picture of await operatorsPictures(browser)) await takePicture(browser, picture);
  await browser.close();
} finally {
  await app.stop();
}

/** Each of the operators' pages, on a desk and on a phone, once there is a backfill to be seen. */
async function operatorsPictures(browser: Browser): Promise<readonly Picture[]> {
  const page = await signIn(browser, ADMINISTRATOR, { viewport: DESKTOP });
  await page.goto(`/admin/coverage?search=${USER_IN_TROUBLE}`);
  const user = await page.getByRole('link', { name: USER_IN_TROUBLE }).getAttribute('href');
  await page.goto('/admin/backfill?institution=Northwind+Brokerage&from=2026-09-01&to=2026-11-20');
  await page.getByRole('button', { name: 'Start backfill' }).click();
  await page.getByText('Done', { exact: true }).waitFor();
  const backfill = new URL(page.url()).pathname;
  await page.context().close();
  const pages = {
    coverage: '/admin/coverage',
    'coverage-user': user ?? '/admin/coverage',
    backfill,
    runs: '/admin/runs',
    audit: '/admin/audit',
  };
  return Object.entries(pages).flatMap(([name, path]) =>
    (['desktop', 'phone'] as const).map((size) => ({
      name: `${name}-${size}`,
      email: ADMINISTRATOR,
      path,
      viewport: SIZES[size],
      colorScheme: size === 'phone' ? ('dark' as const) : ('light' as const),
    })),
  );
}

async function signIn(browser: Browser, email: string, look: BrowserContextOptions): Promise<Page> {
  const context = await browser.newContext({
    baseURL: app.status.appUrl,
    deviceScaleFactor: 1.5,
    locale: 'en-US',
    ...look,
  });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: new RegExp(email) }).click();
  await page.waitForURL((url) => url.pathname === '/');
  return page;
}

async function takePicture(
  browser: Browser,
  { name, email, path, viewport, colorScheme }: Picture,
): Promise<void> {
  const page = await signIn(browser, email, { viewport, colorScheme });
  await page.goto(path, { waitUntil: 'networkidle' });
  await page.screenshot({ path: join(PICTURES_DIR, `${name}.png`) });
  await page.context().close();
}
