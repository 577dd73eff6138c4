import { readFile } from 'node:fs/promises';
import type { HistoryDocument } from '@/lib/history/document';
import { announcementOn, chartOn, money, openChart, pointAt, readingOn, readLegend } from './support/chart';
import { linksWithin, readDrawing } from './support/drawing';
import { expect, test } from './support/own-app';
import { findViolations } from './support/violations';

// All of them in one demo, one after another.
test.describe.configure({ mode: 'default' });

test('estimates are allowed under Settings, off at first, and can be taken back', async ({
  page,
  signInAs,
}) => {
  await signInAs(page, 'broken');
  await page.goto('/settings');
  const estimates = page.getByRole('region', { name: 'Estimates' });
  const box = estimates.getByRole('checkbox', { name: /Estimate days that no broker can give/ });
  await expect(box).not.toBeChecked();
  expect(await findViolations(page)).toEqual([]);

  await box.check();
  await estimates.getByRole('button', { name: 'Save estimates' }).click();
  await expect(estimates.getByRole('status')).toContainText('Saved. The first estimates appear');
  await page.reload();
  await expect(box).toBeChecked();

  await box.uncheck();
  await estimates.getByRole('button', { name: 'Save estimates' }).click();
  await expect(estimates.getByRole('status')).toContainText('No day is estimated');
  await page.reload();
  await expect(box).not.toBeChecked();
});

test.describe('days that no broker can give', () => {
  // The first tick works them out after it has read everything else.
  test.beforeEach(async ({ page, signInAs, readHistory }) => {
    await signInAs(page, 'estimated');
    await expect.poll(async () => estimatedIn(await readHistory('1M')).length).toBe(8);
  });

  test('are drawn, spoken, listed and exported as estimated with their source', async ({
    page,
    readHistory,
  }) => {
    await openChart(page, '/?period=1M');
    const history = await readHistory('1M');
    const days = estimatedIn(history);
    expect(history.gaps).toEqual([]);
    expect(new Set(days.map(({ source }) => source))).toEqual(new Set(['estimate']));
    expect(await readLegend(page)).toMatchObject({ Estimated: 8 });

    const [line] = (await readDrawing(page)).runs.estimated ?? [];
    await pointAt(page, line?.at(1)?.to ?? Number.NaN, false);
    await expect(readingOn(page)).toContainText('Estimated: from your holdings and closing prices');
    await expect(page.locator('[data-headline-reading]')).toContainText('Estimated');
    await chartOn(page).focus();
    await page.keyboard.press('Home');
    for (const { date } of history.points) {
      if (date >= (days[0]?.date ?? '')) break;
      await page.keyboard.press('ArrowRight');
    }
    await expect(announcementOn(page)).toContainText(
      `${money(days[0]?.value ?? '')}. Estimated: from your holdings and closing prices`,
    );
    expect(await findViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Table' }).click();
    const rows = page.getByRole('table', { name: 'Portfolio history by trading day' }).locator('tbody tr');
    const estimated = rows.filter({ hasText: 'Estimated: from your holdings and closing prices' });
    await expect(estimated).toHaveCount(8);
    await expect(estimated.locator('td').first()).toHaveText(money(days.at(-1)?.value ?? ''));

    await page.getByRole('button', { name: 'Export' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Spreadsheet (CSV)' }).click(),
    ]);
    const lines = (await readFile(await file.path(), 'utf8')).split('\r\n');
    for (const { date, value } of days)
      expect(lines).toContainEqual(
        expect.stringContaining(`${date},${date},${value},USD,estimated,estimate,`),
      );
  });

  test('enter no return, and are a gap again once they are switched off under Settings', async ({
    page,
    readHistory,
  }) => {
    const before = await readHistory('1M');
    const days = estimatedIn(before).map(({ date }) => date);
    expect(before.summary.twr).not.toBeNull();

    await page.goto('/settings');
    const settings = page.getByRole('region', { name: 'Estimates' });
    const box = settings.getByRole('checkbox', { name: /Estimate days that no broker can give/ });
    await expect(box).toBeChecked();
    await box.uncheck();
    await settings.getByRole('button', { name: 'Save estimates' }).click();
    await expect(settings.getByRole('status')).toContainText('No day is estimated');

    await openChart(page, '/?period=1M');
    const without = await readHistory('1M');
    expect(without.points).toEqual(before.points.filter(({ date }) => !days.includes(date)));
    expect(without.gaps).toMatchObject([
      { from: days[0], to: days.at(-1), days: 8, reason: 'provider_cannot', final: true },
    ]);
    // What the return, the change and the deposits were with the estimates, they are without them.
    expect(without.summary).toEqual(before.summary);
    expect(await readLegend(page)).toEqual({ 'Recorded at close': without.points.length, Missing: 8 });
    const drawing = await readDrawing(page);
    expect(drawing.gaps.map(({ reason }) => reason)).toEqual(['provider_cannot']);
    for (const gap of drawing.gaps) expect(linksWithin(drawing, gap)).toEqual([]);
    await page.getByRole('button', { name: 'Table' }).click();
    await expect(page.getByRole('row', { name: /No broker history, 8 trading days/ })).toContainText(
      'No value',
    );

    await page.goto('/settings');
    await box.check();
    await settings.getByRole('button', { name: 'Save estimates' }).click();
    await expect.poll(async () => (await readHistory('1M')).points).toEqual(before.points);
  });
});

test('an operator allows estimates for a user by name and with a reason, which the user reads and can undo', async ({
  page,
  browser,
  baseURL,
  signInAs,
}) => {
  await signInAs(page, 'admin');
  await page.goto('/admin/coverage?search=stella');
  await page.getByRole('link', { name: 'stella@example.com' }).click();
  const onTheirPage = page.getByRole('region', { name: 'Estimates' });
  await expect(onTheirPage).toContainText('Not allowed');
  const allow = async (reason: string) => {
    await onTheirPage.getByText('Allow estimates', { exact: true }).click();
    await onTheirPage.getByLabel('Reason').fill(reason);
    expect(await findViolations(page)).toEqual([]);
    await onTheirPage.getByRole('button', { name: 'Allow estimates for this user' }).click();
    await expect(onTheirPage).toContainText('An operator allows them since');
  };
  await allow('asked for on the telephone');
  await expect(page.getByText('Estimates are allowed. The first appear within two evenings')).toBeVisible();

  await onTheirPage.getByText('Take the permission back').click();
  await onTheirPage.getByLabel('Reason').fill('the wrong user');
  await onTheirPage.getByRole('button', { name: 'Take it back' }).click();
  await expect(onTheirPage).toContainText('Not allowed');
  await allow('the right user after all');

  const users = await browser.newContext({ ...(baseURL === undefined ? {} : { baseURL }) });
  const their = await users.newPage();
  await signInAs(their, 'steady');
  await their.goto('/settings');
  const settings = their.getByRole('region', { name: 'Estimates' });
  await expect(settings).toContainText('An operator switched this on for you on Nov 20, 2026');
  expect(await findViolations(their)).toEqual([]);
  await settings.getByRole('checkbox').uncheck();
  await settings.getByRole('button', { name: 'Save estimates' }).click();
  await expect(settings.getByRole('status')).toContainText('No day is estimated');
  await expect(settings).not.toContainText('An operator');
  await users.close();

  await page.reload();
  await expect(onTheirPage).toContainText('Not allowed');
  await page.goto('/admin/audit');
  const decided = page
    .getByRole('main')
    .getByRole('listitem')
    .filter({ hasText: /estimates/ });
  await expect(decided).toHaveText([
    /admin@example\.com.*Allowed estimates for a user.*stella@example\.com.*“the right user after all”/,
    /Took the permission of estimates back.*stella@example\.com.*“the wrong user”/,
    /Allowed estimates for a user.*stella@example\.com.*“asked for on the telephone”/,
  ]);
});

/** The days whose value was worked out, oldest first. */
function estimatedIn({ points }: HistoryDocument) {
  return points.filter(({ kind }) => kind === 'estimated');
}
