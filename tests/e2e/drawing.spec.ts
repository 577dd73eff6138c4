import { readFile } from 'node:fs/promises';
import { chartOn, openChart, pointAt, readingOn } from './support/chart';
import { expect, test } from './support/test';
import { slideFingers } from './support/touch';

test.use({ story: 'outage' });

test.describe('without any script', () => {
  test.use({ javaScriptEnabled: false });

  test('the line is in the first response, beside its headline', async ({ page, readHistory }) => {
    const { points } = await readHistory('1Y');
    await page.goto('/?period=1Y');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const line = chartOn(page).locator('path[data-kind="daily_eod"]');
    const box = await line.boundingBox();
    expect(box?.width).toBeGreaterThan(200);
    expect(box?.height).toBeGreaterThan(50);
    const places = (await line.getAttribute('d'))?.split(/[ML]/).length ?? 0;
    expect(places).toBeGreaterThan(points.filter((point) => point.kind === 'daily_eod').length);
  });

  test('another period is a link away', async ({ page }) => {
    await page.goto('/?period=1Y&show=return');
    await page.getByRole('radio', { name: /1 month/ }).click();
    await expect(page).toHaveURL('/?period=1M&show=return');
    await expect(chartOn(page)).toHaveAccessibleName(/^Return, Oct 20/);
  });

  test('the axes are there too, with their amounts and dates inside the chart’s box', async ({ page }) => {
    await page.goto('/?period=1Y');
    const chart = await chartOn(page).boundingBox();
    if (chart === null) throw new Error('the chart is not on the page');
    for (const axis of ['value', 'date']) {
      const labels = await chartOn(page).locator(`[data-axis="${axis}"] text`).all();
      expect(labels.length).toBeGreaterThan(3);
      for (const label of labels) {
        const box = await label.boundingBox();
        if (box === null) throw new Error('a label is not drawn');
        expect(box.x).toBeGreaterThanOrEqual(chart.x);
        expect(box.x + box.width).toBeLessThanOrEqual(chart.x + chart.width + 1);
        expect(box.y + box.height).toBeLessThanOrEqual(chart.y + chart.height + 1);
      }
    }
  });
});

test('reading leaves the drawing untouched', async ({ page, hasTouch }) => {
  await openChart(page, '/?period=ALL');
  await page.evaluate(() => {
    const drawing = document.querySelector('[data-chart]');
    if (drawing === null) throw new Error('no drawing');
    const seen = { changes: 0 };
    Object.assign(window, { seen });
    new MutationObserver((changes) => {
      seen.changes += changes.length;
    }).observe(drawing, { subtree: true, childList: true, attributes: true, characterData: true });
  });
  for (const x of [40, 90, 140, 190]) {
    await pointAt(page, x, hasTouch);
    await expect(readingOn(page)).toBeVisible();
  }
  expect(await page.evaluate(() => (window as unknown as { seen: { changes: number } }).seen.changes)).toBe(
    0,
  );
});

test('the reading covers neither the day that it is of nor the finger', async ({ page, hasTouch }) => {
  await openChart(page, '/?period=1Y');
  await chartOn(page).scrollIntoViewIfNeeded();
  for (const share of [0.05, 0.3, 0.5, 0.7, 0.85]) {
    const width = (await chartOn(page).boundingBox())?.width ?? 0;
    await pointAt(page, width * share, hasTouch);
    const card = await readingOn(page).boundingBox();
    const dot = await chartOn(page).locator('.rounded-full.size-3').boundingBox();
    const box = await chartOn(page).boundingBox();
    if (card === null || dot === null || box === null) throw new Error('nothing is read');
    const isBeside = card.x + card.width <= dot.x + dot.width / 2 || card.x >= dot.x + dot.width / 2;
    const isBelow = card.y >= box.y + box.height;
    expect(isBeside || isBelow).toBe(true);
  }
});

test.describe('with a touch screen', () => {
  test.use({ hasTouch: true });

  test('a finger that slides reads day after day and moves nothing else', async ({ page }) => {
    await openChart(page, '/?period=1Y');
    await chartOn(page).scrollIntoViewIfNeeded();
    const scrolled = () => page.evaluate(() => [window.scrollX, window.scrollY]);
    const before = await scrolled();
    const readings: (string | null)[] = [];
    const read = async () => {
      readings.push(await readingOn(page).textContent());
    };
    await slideFingers(page, [{ from: [0.2, 0.5], to: [0.4, 0.5] }], read);
    await slideFingers(page, [{ from: [0.4, 0.5], to: [0.8, 0.5] }], read);
    expect(new Set(readings).size).toBe(2);
    expect(await scrolled()).toEqual(before);
    await expect(readingOn(page)).toBeVisible();
  });
});

test('the chart can be saved as a picture of its own size and more', async ({ page }) => {
  await openChart(page, '/?period=1Y&show=return');
  const width = (await chartOn(page).boundingBox())?.width ?? 0;
  await page.getByRole('button', { name: 'Export' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Picture (PNG)' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('portfolio-return-2025-11-20-to-2026-11-20.png');
  const picture = await readFile(await download.path());
  expect(picture.subarray(1, 4).toString()).toBe('PNG');
  expect(picture.readUInt32BE(16)).toBeGreaterThan(width * 2);
});

test('on paper there is the chart and nothing to be pressed', async ({ page }) => {
  await openChart(page, '/?period=1Y');
  await page.emulateMedia({ media: 'print' });
  await expect(chartOn(page).locator('[data-drawn]')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Table' })).toBeHidden();
  await expect(page.getByRole('radio')).toHaveCount(0);
});
