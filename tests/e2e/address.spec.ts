import type { HistoryDocument } from '@/lib/history/document';
import { headlineOn, openChart } from './support/chart';
import { expect, fillSignIn, test, userOf } from './support/test';

const VIEW = '/?from=2026-03-03&to=2026-05-08&show=return&view=table';

test.describe('with a session', () => {
  test.use({ story: 'outage' });

  test('measure and view are in the address, and reload, back and forward keep them', async ({ page }) => {
    await openChart(page, '/?period=3M');
    await page.getByRole('radio', { name: 'Return', exact: true }).click();
    await expect(page).toHaveURL('/?period=3M&show=return');
    await expect(headlineOn(page)).toContainText('Return, over 3 months');
    await page.getByRole('button', { name: 'Table' }).click();
    await expect(page).toHaveURL('/?period=3M&show=return&view=table');

    // Before its scripts are there, a page cannot follow the browser back.
    await page.reload({ waitUntil: 'networkidle' });
    await expect(page.getByRole('table', { name: 'Portfolio history by trading day' })).toBeVisible();
    await expect(page.getByRole('radio', { name: 'Return', exact: true })).toBeChecked();
    await page.goBack();
    await expect(page.getByRole('table', { name: 'Portfolio history by trading day' })).toHaveCount(0);
    await page.goBack();
    await expect(page).toHaveURL('/?period=3M');
    await expect(page.getByRole('radio', { name: 'Value', exact: true })).toBeChecked();
    await page.goForward();
    await expect(headlineOn(page)).toContainText('Return, over 3 months');
  });

  test('values that nobody knows show the default', async ({ page }) => {
    await openChart(page, '/?period=soon&show=profit&view=pie&benchmark=gold&accounts=mine');
    await expect(page.getByRole('radio', { name: /1 month/ })).toBeChecked();
    await expect(page.getByRole('radio', { name: 'Value', exact: true })).toBeChecked();
  });

  test('the first response holds exactly the view of the address, and asks for nothing more', async ({
    page,
  }) => {
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().includes('/api/portfolio/history')) asked.push(request.url());
    });
    const answer = await page.goto(VIEW);
    const html = (await answer?.text()) ?? '';
    expect(html).toContain('Mar 3 – May 8, 2026');
    const api = await page.request.get('/api/portfolio/history?from=2026-03-03&to=2026-05-08');
    const { points } = (await api.json()) as HistoryDocument;
    for (const point of points) expect(html).toContain(point.value);
    await expect(page.getByRole('table', { name: 'Portfolio history by trading day' })).toBeVisible();
    await expect(page.getByRole('region', { name: 'History' })).toHaveAttribute('aria-busy', 'false');
    expect(asked).toEqual([]);
  });
});

test('a bookmarked view is there again after signing in', async ({ page }) => {
  const { email, password } = userOf('steady');
  await page.goto('/?period=1Y&show=drawdown');
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent('/?period=1Y&show=drawdown')}`);
  await fillSignIn(page, email, 'not-the-password');
  await expect(page.locator('#sign-in-error')).not.toBeEmpty();
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL('/?period=1Y&show=drawdown');
  await expect(page.getByRole('radio', { name: 'Drops', exact: true })).toBeChecked();
});

test('no link to signing in leads on to another site', async ({ page }) => {
  const { email, password } = userOf('steady');
  await page.goto('/sign-in?next=//elsewhere.example/portfolio');
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL('/');
});
