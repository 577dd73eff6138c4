import type { Page } from '@playwright/test';
import { money } from './support/chart';
import { expect, test } from './support/test';

const column = (page: Page, name: string) => page.getByRole('columnheader', { name });
const rows = (page: Page) =>
  page.getByRole('table', { name: 'Portfolio history by trading day' }).locator('tbody tr');

test.describe('of a portfolio with gaps', () => {
  test.use({ story: 'broken' });

  test('every column sorts, by mouse and by keyboard, and says so', async ({ page, readHistory }) => {
    await page.goto('/?period=ALL&view=table');
    const { points, gaps } = await readHistory('ALL');
    await expect(column(page, 'Trading day')).toHaveAttribute('aria-sort', 'descending');

    const byValue = points.map((point) => point.value).toSorted((a, b) => Number(b) - Number(a));
    await column(page, 'Value').getByRole('button').click();
    await expect(column(page, 'Value')).toHaveAttribute('aria-sort', 'descending');
    await expect(column(page, 'Trading day')).toHaveAttribute('aria-sort', 'none');
    await expect(rows(page).first().locator('td').first()).toHaveText(money(byValue[0] ?? ''));

    await column(page, 'Value').getByRole('button').press('Enter');
    await expect(column(page, 'Value')).toHaveAttribute('aria-sort', 'ascending');
    await expect(rows(page).first().locator('td').first()).toHaveText(money(byValue.at(-1) ?? ''));

    const more = page.getByRole('button', { name: /^Show \d+ more of \d+$/ });
    expect(await rows(page).count()).toBeLessThan(points.length + gaps.length);
    while (await more.isVisible()) await more.click();
    await expect(rows(page)).toHaveCount(points.length + gaps.length);
    // A gap has no value to be sorted by, so gaps come last.
    for (const gap of (await rows(page).all()).slice(points.length))
      await expect(gap).toContainText('No value');
  });
});

test.describe('of a portfolio with deposits', () => {
  test.use({ story: 'steady' });

  test('shows each movement of money on its day', async ({ page, readHistory }) => {
    await page.goto('/?period=1Y&view=table');
    const { flows, points } = await readHistory('1Y');
    // Money also moves on weekends, and then shows on the next day.
    const dayOf = (date: string) => points.find((point) => point.date >= date)?.date;
    const days = new Set(flows?.map((flow) => dayOf(flow.date)));
    const cells = rows(page).locator('td:nth-of-type(4)');
    expect((await cells.allTextContents()).filter((text) => text !== '')).toHaveLength(days.size);
    await column(page, 'Deposits and withdrawals').getByRole('button').click();
    await expect(cells.first()).toHaveText('+$500.00');
    await column(page, 'Deposits and withdrawals').getByRole('button').click();
    await expect(cells.first()).toHaveText(/^-\$[89],\d{3}\.00$/);
  });
});
