import { type CDPSession, chromium, type Page } from 'playwright-core';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';
import { findBrowser } from './browser';
import { startRunningApp } from './running-app';

/**
 * `npm run measure:scrubbing`: slides a finger over five years of days on the built product, on a processor slowed down to
 * a phone's, and prints how long the frames took and how long the script was busy in each.
 */
const SLOWDOWNS = [1, 4, 6];
const FINGER_STEPS = 240;
const PINNED_CLOCK = '2026-11-20T22:30:00Z';
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 3, hasTouch: true, isMobile: true };

/**
 * Counts frames, and what the page does with a move: from its capture at the window to the end of its task. It is text
 * because functions that are sent to a page may name nothing of this module.
 */
const PROBE = `
  const seen = { frames: [], busy: [] };
  let before = performance.now();
  let began = 0;
  let isDone = false;
  const count = (now) => { seen.frames.push(now - before); before = now; if (!isDone) requestAnimationFrame(count); };
  requestAnimationFrame(count);
  const begin = () => { began = performance.now(); };
  const end = () => { queueMicrotask(() => seen.busy.push(performance.now() - began)); };
  window.addEventListener('pointermove', begin, { capture: true });
  window.addEventListener('pointermove', end);
  window.stopProbe = () => {
    isDone = true;
    window.removeEventListener('pointermove', begin, { capture: true });
    window.removeEventListener('pointermove', end);
    return seen;
  };
`;

const app = await startRunningApp({ pinnedClock: PINNED_CLOCK });
try {
  const { executablePath, args } = await findBrowser();
  const browser = await chromium.launch({ executablePath, args: [...args] });
  const context = await browser.newContext({ baseURL: app.status.appUrl, ...PHONE });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByRole('button', { name: /olivia@example.com/ }).click();
  await page.waitForURL((url) => url.pathname === '/');
  await showFiveYears(page);
  const client = await context.newCDPSession(page);
  for (const slowdown of SLOWDOWNS) {
    await client.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    const { frames, busy } = await scrub(page, client);
    const figures = [frames, busy].map((list) => `${shareOf(list, 0.5)} / ${shareOf(list, 0.95)} ms`);
    process.stdout.write(
      `processor slowed ${slowdown}x: frame ${figures[0]}, script per move ${figures[1]} (median / 95th of 100), ${frames.length} frames\n`,
    );
  }
  await browser.close();
} finally {
  await app.stop();
}

/** The demo knows two years, so the days of its answer are repeated until five are full. */
async function showFiveYears(page: Page): Promise<void> {
  const dates = tradingSessions('2021-11-19', '2026-11-20').map((session) => session.date);
  await page.route('**/api/portfolio/history?*', async (route) => {
    const answer = await route.fetch();
    const history = (await answer.json()) as HistoryDocument;
    const points: HistoryPoint[] = dates.flatMap((date, at) => {
      const point = history.points[at % history.points.length];
      return point === undefined ? [] : [{ ...point, date }];
    });
    await route.fulfill({ response: answer, json: { ...history, from: dates[0], points, gaps: [] } });
  });
  await page.getByRole('radio', { name: /5 years/ }).click();
  await page.locator('[data-drawn] path[data-kind]').first().waitFor({ state: 'attached' });
  await page.getByRole('application', { name: /Nov 19, 2021/ }).waitFor();
}

async function scrub(page: Page, client: CDPSession): Promise<{ frames: number[]; busy: number[] }> {
  const chart = page.getByRole('application');
  await chart.scrollIntoViewIfNeeded();
  const box = await chart.boundingBox();
  if (box === null) throw new Error('the chart is not on the page');
  const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', share: number) =>
    client.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: type === 'touchEnd' ? [] : [{ x: box.x + box.width * share, y: box.y + box.height / 2 }],
    });
  await page.evaluate(PROBE);
  await touch('touchStart', 0.05);
  for (let step = 0; step < FINGER_STEPS; step += 1)
    await touch('touchMove', 0.05 + 0.75 * (step / FINGER_STEPS));
  await touch('touchEnd', 0);
  return page.evaluate<{ frames: number[]; busy: number[] }>('window.stopProbe()');
}

function shareOf(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN).toFixed(1);
}
