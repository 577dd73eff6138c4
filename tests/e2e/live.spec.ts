import { changeAnswers } from './support/answers';
import { headlineOn, openChart } from './support/chart';
import { expect, test } from './support/test';

test.use({ story: 'steady' });

// Time that was run ahead may have the page ask once more while its test ends.
test.afterEach(({ page }) => page.unrouteAll({ behavior: 'ignoreErrors' }));

const OPEN = { isOpen: true, changesAt: '2026-11-23T21:00:00.000Z' };
const MINUTE = 60_000;

/** A live value of the next session that is a dollar higher with every answer. */
function rising(asOf: string) {
  let value = 234_567;
  return () => {
    value += 1;
    return { market: OPEN, live: { value: `${value}.89`, asOf, source: 'snaptrade' } } as never;
  };
}

test('while the market is open the live value moves by itself, every minute', async ({ page }) => {
  await page.clock.install();
  await openChart(page, '/?period=1M');
  await changeAnswers(page, rising('2026-11-23T15:00:00.000Z'));
  await page.clock.runFor(5 * MINUTE + 1_000);
  await expect(headlineOn(page)).toContainText('$234,568.89');
  await page.clock.runFor(MINUTE + 1_000);
  await expect(headlineOn(page)).toContainText('$234,569.89');
  await page.clock.runFor(MINUTE + 1_000);
  await expect(headlineOn(page)).toContainText('$234,570.89');
});

test('a live value that falls behind an open market says how old it is', async ({ page }) => {
  await page.clock.install();
  await openChart(page, '/?period=1M');
  await changeAnswers(page, rising('2026-11-20T22:50:00.000Z'));
  await page.clock.runFor(5 * MINUTE + 1_000);
  await expect(headlineOn(page)).toContainText('$234,568.89');
  await expect(headlineOn(page)).not.toContainText('old');
  // Ages are told by the clock of the server: it stood at half past when the page was written.
  await page.clock.runFor(45 * MINUTE);
  await expect(headlineOn(page)).toContainText(/\d+ minutes old; the market has moved since/);
});

test('a hidden tab asks for nothing, and is brought up to date when it is looked at', async ({ page }) => {
  await page.clock.install();
  await openChart(page, '/?period=1M');
  const answers = await changeAnswers(page, rising('2026-11-23T15:00:00.000Z'));
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await page.clock.runFor(30 * MINUTE);
  expect(answers.count()).toBe(0);
  await page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => 'visible' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await expect(headlineOn(page)).toContainText('$234,568.89');
});

test('days that a run fills meanwhile appear on the open page', async ({ page, readHistory }) => {
  await page.clock.install();
  await openChart(page, '/?period=1M');
  const { points } = await readHistory('1M');
  const missing = points.slice(-3).map((point) => point.date);
  await changeAnswers(page, (history) => ({
    points: history.points.slice(0, -3),
    gaps: [
      {
        from: missing[0] ?? history.to,
        to: history.to,
        days: 3,
        reason: 'unavailable',
        final: false,
        nextAttemptAt: null,
        attempts: 1,
      },
    ],
    coverage: { ...history.coverage, presentDays: history.coverage.presentDays - 3 },
  }));
  await page.clock.runFor(5 * MINUTE + 1_000);
  const notice = page.getByRole('status').filter({ hasText: 'We’re filling in missing days' });
  await expect(notice).toContainText('3 trading days shown here are still missing');
  await expect(notice.getByRole('progressbar')).toHaveAttribute('value', String(points.length - 3));
  await expect(page.getByRole('heading', { name: 'Missing days', exact: true })).toBeVisible();

  await changeAnswers(page, () => ({}));
  await page.clock.runFor(MINUTE + 1_000);
  await expect(notice).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Missing days', exact: true })).toHaveCount(0);
});

test('another period is fetched when a pointer or the focus comes near, and is there at once', async ({
  page,
}) => {
  await openChart(page, '/?period=1M');
  const fetched = page.waitForResponse((answer) => answer.url().endsWith('/api/portfolio/history?period=1Y'));
  await page.getByRole('radio', { name: /1 year/ }).focus();
  await (await fetched).finished();
  await page.route('**/api/portfolio/history?*', (route) => route.abort());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('application')).toHaveAccessibleName(/Nov 20, 2025 – Nov 20, 2026/);
  await expect(page.getByRole('alert').filter({ hasText: 'We couldn’t refresh' })).toHaveCount(0);
});
