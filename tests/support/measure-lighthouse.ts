import lighthouse from 'lighthouse';
import { chromium } from 'playwright-core';
import { z } from 'zod';
import { findFreePort } from '@/lib/local/ports';
import { findBrowser } from './browser';
import { startRunningApp } from './running-app';

/**
 * `npm run lighthouse`: measures Olivia's page of the built product as Lighthouse does it for a phone, prints the scores
 * and the size of the scripts, and fails when a score is under 95 of 100.
 */
const SCORE_MIN = 95;
const PINNED_CLOCK = '2026-11-20T22:30:00Z';

const requestsSchema = z.object({
  items: z.array(
    z.object({ url: z.string(), resourceType: z.string().optional(), transferSize: z.number().default(0) }),
  ),
});

const app = await startRunningApp({ pinnedClock: PINNED_CLOCK });
try {
  const { executablePath, args } = await findBrowser();
  const port = await findFreePort();
  const browser = await chromium.launch({
    executablePath,
    args: [...args, `--remote-debugging-port=${port}`],
  });
  try {
    await measure(await signIn(), port);
  } finally {
    await browser.close();
  }

  /** The cookies of Olivia's session as one header: Lighthouse opens a page of its own. */
  async function signIn(): Promise<string> {
    const context = await browser.newContext({ baseURL: app.status.appUrl });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.getByRole('button', { name: /olivia@example.com/ }).click();
    await page.waitForURL((url) => url.pathname === '/');
    const cookies = await context.cookies();
    await context.close();
    return cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
  }
} finally {
  await app.stop();
}

async function measure(cookie: string, port: number): Promise<void> {
  const result = await lighthouse(`${app.status.appUrl}/`, {
    port,
    logLevel: 'error',
    extraHeaders: { Cookie: cookie },
    onlyCategories: ['performance', 'accessibility', 'best-practices', 'seo'],
  });
  if (result === undefined) throw new Error('Lighthouse gave no result');
  const { categories, audits, runtimeError, finalDisplayedUrl } = result.lhr;
  if (runtimeError !== undefined) throw new Error(`${runtimeError.code}: ${runtimeError.message}`);
  process.stdout.write(`${finalDisplayedUrl}\n`);
  for (const { title, score, auditRefs } of Object.values(categories)) {
    const points = Math.round((score ?? 0) * 100);
    process.stdout.write(`${title}: ${points}\n`);
    if (points >= SCORE_MIN) continue;
    process.exitCode = 1;
    for (const { id, weight } of auditRefs) {
      const audit = audits[id];
      if (weight === 0 || audit === undefined || audit.score === null || audit.score >= 0.9) continue;
      process.stdout.write(`  ${audit.title}${audit.displayValue ? `: ${audit.displayValue}` : ''}\n`);
    }
  }
  const scripts = findScripts(audits['network-requests']?.details);
  const total = scripts.reduce((sum, { bytes }) => sum + bytes, 0);
  process.stdout.write(`Scripts: ${Math.round(total / 1024)} KiB\n`);
  for (const { url, bytes } of scripts) process.stdout.write(`  ${Math.round(bytes / 1024)} KiB ${url}\n`);
}

/** The scripts that the page loaded, largest first, by the bytes that travelled. */
function findScripts(details: unknown): readonly { readonly url: string; readonly bytes: number }[] {
  const { items } = requestsSchema.parse(details);
  return items
    .filter(({ resourceType }) => resourceType === 'Script')
    .map(({ url, transferSize }) => ({ url: new URL(url).pathname, bytes: transferSize }))
    .toSorted((a, b) => b.bytes - a.bytes);
}
