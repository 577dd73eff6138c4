import type { Page } from '@playwright/test';
import type { Amount } from '@/lib/domain/money';
import type { Instant } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { announcementOn, chartOn, openChart } from './support/chart';
import { expect, test } from './support/test';

test.use({ story: 'steady' });

const drawn = (page: Page, selector: string) => page.locator(`[data-drawn] ${selector}`);

/**
 * Opens a period whose real document is changed on its way: the demo on a quiet Friday evening knows neither a correction
 * nor a running session.
 */
async function openChanged(
  page: Page,
  name: RegExp,
  change: (history: HistoryDocument) => Partial<HistoryDocument>,
): Promise<void> {
  await openChart(page, '/?period=3M');
  await page.route('**/api/portfolio/history?*', async (route) => {
    const answer = await route.fetch();
    const history = (await answer.json()) as HistoryDocument;
    await route.fulfill({ response: answer, json: { ...history, ...change(history) } });
  });
  await page.getByRole('radio', { name }).click();
}

test('each deposit and withdrawal has its mark, and is read on its day', async ({ page, readHistory }) => {
  await openChart(page, '/?period=1Y');
  const { flows, points } = await readHistory('1Y');
  // Money also moves on weekends, and then shows on the next day.
  const netByDay = new Map<number, number>();
  for (const flow of flows ?? []) {
    const at = points.findIndex((point) => point.date >= flow.date);
    netByDay.set(at, (netByDay.get(at) ?? 0) + Number(flow.amount));
  }
  const withdrawn = [...netByDay].filter(([, net]) => net < 0);
  expect(withdrawn).toHaveLength(1);
  await expect(drawn(page, '[data-flow="withdrawal"]')).toHaveCount(1);
  await expect(drawn(page, '[data-flow="deposit"]')).toHaveCount(netByDay.size - 1);

  const [day, net] = withdrawn[0] ?? [0, 0];
  const words = `$${Math.abs(net).toLocaleString('en-US', { minimumFractionDigits: 2 })} withdrawn`;
  await chartOn(page).focus();
  await page.keyboard.press('End');
  for (let step = points.length - 1; step > day; step -= 1) await page.keyboard.press('ArrowLeft');
  await expect(announcementOn(page)).toContainText(words);
  await expect(page.locator('.chart-reading')).toContainText(words);
  await expect(page.getByText('Deposit; a hollow triangle pointing down is a withdrawal')).toBeVisible();
});

test('a corrected day has its mark, and says what its value was', async ({ page }) => {
  await openChanged(page, /1 month/, ({ points }) => ({
    // Three days that one event corrected, which have one mark.
    corrections: points.slice(-4, -1).map(({ date, value }, at) => ({
      id: at,
      date,
      oldValue: '123.45' as Amount,
      oldKind: 'estimated',
      newValue: value,
      newKind: 'daily_eod',
      reason: 'better observation',
      changedAt: '2026-11-20T15:00:00.000Z' as Instant,
    })),
  }));
  await expect(drawn(page, '[data-correction]')).toHaveCount(1);
  await chartOn(page).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowLeft');
  await expect(announcementOn(page)).toContainText(
    'Corrected Nov 20, 2026, 10:00 ET: was $123.45, estimated',
  );
  await expect(page.getByText('This day’s value was corrected')).toBeVisible();
});

test('what was seen since the last close stands apart from the days and ends at the live value', async ({
  page,
}) => {
  await openChanged(page, /1 day/, ({ points }) => {
    const value = points.at(-1)?.value ?? ('0' as Amount);
    const at = (time: string) => `2026-11-23T${time}:00.000Z` as Instant;
    return {
      intraday: ['14:30', '14:45', '15:00'].map((time) => ({ at: at(time), value })),
      live: { value, asOf: at('15:05'), source: 'snaptrade' },
      market: { isOpen: true, changesAt: at('21:00') },
    };
  });
  await expect(drawn(page, '[data-today]')).toContainText('Today so far');
  await expect(drawn(page, '[data-live]')).toContainText('Live');
  const right = async (selector: string) =>
    (await drawn(page, selector).first().boundingBox())?.x ?? Number.NaN;
  expect(await right('[data-today] line')).toBeGreaterThan(await right('path[data-kind="daily_eod"]'));
  await chartOn(page).focus();
  await page.keyboard.press('End');
  await expect(announcementOn(page)).toContainText('Live. ');
  await page.keyboard.press('ArrowLeft');
  await expect(announcementOn(page)).toContainText('Nov 23, 2026, 10:00 ET');
  await page.keyboard.press('Home');
  await expect(announcementOn(page)).toContainText('Thursday, November 19, 2026');
});
