import { chartOn, headlineOn, openChart } from './support/chart';
import { expect, test } from './support/test';

const HISTORY = '**/api/portfolio/history?*';
const PROBLEM = {
  status: 500,
  contentType: 'application/problem+json',
  body: JSON.stringify({
    title: 'Something went wrong on our side',
    status: 500,
    detail: 'Try again later.',
  }),
};
/** The browser writes every failed request to its console. */
const FAILED_REQUEST = /^Failed to load resource/;
/** With the market closed and no gap to fill, the page asks again every five minutes. */
const REFRESH_MS = 301_000;

test.use({ story: 'outage', expectedComplaint: FAILED_REQUEST });

test('when a refresh fails, the last good data stay, with the reason and a way to try again', async ({
  page,
}) => {
  await page.clock.install();
  await openChart(page, '/?period=1M');
  const headline = await headlineOn(page).textContent();
  await page.route(HISTORY, (route) => route.fulfill(PROBLEM));
  await page.clock.fastForward(REFRESH_MS);

  const notice = page.getByRole('alert').filter({ hasText: 'We couldn’t refresh' });
  await expect(notice).toContainText('Something went wrong on our side. Try again later.');
  await expect(notice).toContainText(/You see the values of 1[78]:\d\d ET\./);
  await expect(chartOn(page)).toBeVisible();
  expect(await headlineOn(page).textContent()).toBe(headline);

  await page.unroute(HISTORY);
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(notice).toHaveCount(0);
  await expect(chartOn(page)).toBeVisible();
});

test('when another period cannot be had, the page says so and keeps the headline', async ({ page }) => {
  await openChart(page, '/?period=1M');
  const headline = await headlineOn(page).textContent();
  await page.route(HISTORY, (route) => route.abort());
  await page.getByRole('radio', { name: /6 months/ }).click();

  const notice = page.getByRole('alert').filter({ hasText: 'We couldn’t refresh' });
  await expect(notice).toContainText('We couldn’t reach the server.');
  await expect(page.getByText(/We couldn’t load this period\./)).toBeVisible();
  expect(await headlineOn(page).textContent()).toBe(headline);

  await page.unroute(HISTORY);
  await notice.getByRole('button', { name: 'Try again' }).click();
  await expect(chartOn(page)).toHaveAccessibleName(/May 20 – Nov 20, 2026/);
  await expect(notice).toHaveCount(0);
});

test('a session that ended says so, hides what it showed and leads to signing in', async ({
  page,
  context,
}) => {
  await openChart(page, '/?period=3M');
  const headline = (await headlineOn(page).textContent()) ?? '';
  await context.clearCookies();
  // A pointer over a period fetches it ahead, which is refused before anything is pressed.
  await page.getByRole('radio', { name: /1 month/ }).hover();
  const notice = page.getByRole('alert').filter({ hasText: 'You were signed out' });
  await expect(notice).toContainText('your figures are not shown any more');
  await expect(page.locator('body')).not.toContainText(headline);
  await expect(chartOn(page)).toHaveCount(0);
  await notice.getByRole('link', { name: 'Sign in again' }).click();
  await expect(page).toHaveURL(`/sign-in?next=${encodeURIComponent('/?period=3M')}`);
});
