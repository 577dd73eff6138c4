import type { Locator } from '@playwright/test';
import { chartOn, headlineOn, money, openChart } from './support/chart';
import { expect, test } from './support/test';
import { findViolations } from './support/violations';

const STORIES = ['outage', 'broken', 'admin'] as const;

test.describe('a German reader', () => {
  test.use({ story: 'outage', locale: 'de-DE' });

  test('reads amounts as in German, and English words and dates', async ({ page, readHistory }) => {
    await openChart(page, '/?period=1M');
    const newest = (await readHistory('1M')).points.at(-1);
    const headline = headlineOn(page);
    await expect(headline).toContainText(money(newest?.value ?? '', 'de-DE'));
    await expect(headline).toContainText(/\d{3}\.\d{3},\d{2}\s\$/);
    await expect(headline).toContainText(/Friday,? 20 November 2026/);
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('table', { name: 'Portfolio history by trading day' });
    await expect(table.getByRole('row').nth(1)).toContainText(money(newest?.value ?? '', 'de-DE'));
  });
});

test.describe('a screen of 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test('signing in does not scroll sideways', async ({ page }) => {
    await page.goto('/sign-in');
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });

  for (const story of STORIES) {
    test.describe(`of the story ${story}`, () => {
      test.use({ story });

      test('does not scroll sideways, in chart or table', async ({ page }) => {
        await page.goto('/?period=ALL');
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
        const width = () => page.evaluate(() => document.documentElement.scrollWidth);
        expect(await width()).toBeLessThanOrEqual(320);
        const table = page.getByRole('button', { name: 'Table' });
        if ((await table.count()) === 0) return;
        // A page answers to a press once its chart is drawn.
        await page.locator('[data-drawn]').waitFor();
        await table.click();
        await expect(page.getByRole('table', { name: 'Portfolio history by trading day' })).toBeVisible();
        expect(await width()).toBeLessThanOrEqual(320);
      });
    });
  }
});

test.describe('the first screen of somebody whose connection is broken', () => {
  test.use({ story: 'broken' });

  test('still holds the whole chart, and on a phone the notice is one line with its action', async ({
    page,
    isMobile,
  }) => {
    await page.setViewportSize(isMobile ? { width: 390, height: 844 } : { width: 1280, height: 800 });
    await openChart(page, '/?period=1M');
    const notice = page.getByRole('status').filter({ hasText: 'needs you to sign in again' });
    const reconnect = notice.getByRole('link', { name: /^Reconnect/ });
    await expect(reconnect).toBeInViewport({ ratio: 1 });
    if (isMobile) expect((await notice.boundingBox())?.height).toBeLessThan(56);
    await expect(chartOn(page)).toBeInViewport({ ratio: 1 });
  });
});

test.describe('the first screen', () => {
  test.use({ story: 'outage' });

  test('holds the headline, the periods, the whole chart and every control', async ({ page, isMobile }) => {
    await page.setViewportSize(isMobile ? { width: 390, height: 844 } : { width: 1280, height: 800 });
    for (const show of ['value', 'return']) {
      await openChart(page, `/?period=1Y&show=${show}&benchmark=sp500`);
      for (const part of [
        headlineOn(page),
        page.getByRole(isMobile ? 'combobox' : 'radiogroup', { name: 'What to show' }),
        page.getByLabel('Period', { exact: true }),
        page.getByRole('button', { name: /accounts$/ }),
        page.getByRole('button', { name: 'Dates' }),
        page.getByRole('button', { name: 'Export' }),
        chartOn(page),
      ])
        await expect(part).toBeInViewport({ ratio: 1 });
      const top = async (part: Locator) => (await part.boundingBox())?.y ?? Number.NaN;
      const controls = [
        page.getByRole('button', { name: 'Dates' }),
        page.getByRole('button', { name: 'Export' }),
      ];
      expect(await top(controls[0] ?? chartOn(page))).toBe(await top(controls[1] ?? chartOn(page)));
    }
  });

  test('has a chart of the measure that the menu of a phone names', async ({ page, isMobile }) => {
    test.skip(!isMobile, 'a desk has room for all measures side by side');
    await openChart(page, '/?period=1Y');
    await page.getByRole('combobox', { name: 'What to show' }).selectOption('Drops');
    await expect(page).toHaveURL('/?period=1Y&show=drawdown');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Drops from the highest value');
    await expect(chartOn(page)).toHaveAccessibleName(/^Drops from the highest value/);
  });
});

test.describe('forced colours', () => {
  test.use({ story: 'outage' });

  test('leave the chosen period and measure told apart, and every line drawn', async ({ page, isMobile }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await openChart(page, '/?period=1Y&show=deposits');
    const background = (part: Locator) =>
      part.evaluate((element) => getComputedStyle(element).backgroundColor);
    const radio = (name: RegExp) => page.getByRole('radio', { name });
    expect(await background(radio(/1 year/))).not.toBe(await background(radio(/1 month/)));
    if (!isMobile)
      expect(await background(radio(/^Money invested$/))).not.toBe(await background(radio(/^Drops$/)));
    const surface = await background(page.locator('body'));
    for (const kind of ['daily_eod', 'reconstructed']) {
      const line = page.locator(`[data-drawn] path[data-kind="${kind}"]`);
      expect(await line.evaluate((path) => getComputedStyle(path).stroke)).not.toBe(surface);
    }
    expect(await findViolations(page)).toEqual([]);
  });
});

test.describe('motion', () => {
  test.use({ story: 'outage' });
  const countAnimations = () => document.getAnimations().length;

  for (const [reducedMotion, claim] of [
    ['no-preference', 'a period on its way is shown by a pulse'],
    ['reduce', 'nothing moves for somebody who asked for less motion'],
  ] as const) {
    test(claim, async ({ page }) => {
      await page.emulateMedia({ reducedMotion });
      await openChart(page, '/?period=1M');
      let answer: () => void = () => undefined;
      const isAnswered = new Promise<void>((resolve) => {
        answer = resolve;
      });
      await page.route('**/api/portfolio/history?*', async (route) => {
        await isAnswered;
        await route.continue();
      });
      await page.getByRole('radio', { name: /1 year/ }).click();
      const panel = page.getByRole('region', { name: 'History' });
      await expect(panel).toHaveAttribute('aria-busy', 'true');
      const moving = await page.evaluate(countAnimations);
      if (reducedMotion === 'reduce') expect(moving).toBe(0);
      else expect(moving).toBeGreaterThan(0);
      answer();
      await expect(chartOn(page)).toHaveAccessibleName(/Nov 20, 2025 – Nov 20, 2026/);
    });
  }
});
