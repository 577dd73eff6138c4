import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from './browser';
import { startRunningApp } from './running-app';

/**
 * `npm run pictures`: the README's pictures, taken from the running demo. The clock is pinned, so that a picture changes
 * only when the product does.
 */
const PICTURES_DIR = join('.github', 'pictures');
const PINNED_CLOCK = '2026-11-20T22:30:00Z';
const DESKTOP = { width: 1120, height: 1060 };
const PHONE = { width: 390, height: 844 };

interface Picture {
  readonly name: string;
  readonly email: string;
  readonly path: string;
  readonly viewport: { readonly width: number; readonly height: number };
  readonly colorScheme: 'light' | 'dark';
}

const PICTURES: readonly Picture[] = [
  {
    name: 'healed',
    email: 'olivia@example.com',
    path: '/?period=1Y',
    viewport: DESKTOP,
    colorScheme: 'light',
  },
  { name: 'broken', email: 'ben@example.com', path: '/?period=3M', viewport: DESKTOP, colorScheme: 'light' },
  { name: 'phone', email: 'olivia@example.com', path: '/?period=1Y', viewport: PHONE, colorScheme: 'dark' },
];

mkdirSync(PICTURES_DIR, { recursive: true });
const app = await startRunningApp({ pinnedClock: PINNED_CLOCK });
try {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args] });
  for (const picture of PICTURES) await takePicture(browser, picture);
  await browser.close();
} finally {
  await app.stop();
}

async function takePicture(
  browser: Browser,
  { name, email, path, viewport, colorScheme }: Picture,
): Promise<void> {
  const context = await browser.newContext({
    baseURL: app.status.appUrl,
    viewport,
    colorScheme,
    deviceScaleFactor: 1.5,
    locale: 'en-US',
  });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: new RegExp(email) }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await page.goto(path);
  await page.getByRole('application').waitFor();
  await page.screenshot({ path: join(PICTURES_DIR, `${name}.png`) });
  await context.close();
}
