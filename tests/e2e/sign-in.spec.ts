import { expect, fillSignIn, test, userOf } from './support/test';

test('a visitor without a session is led from the portfolio to signing in', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  await expect(page.getByRole('heading', { name: 'Sign in to Portfolio History' })).toBeVisible();
});

test('a wrong password is refused in words and the address stays typed', async ({ page }) => {
  const { email } = userOf('outage');
  await page.goto('/sign-in');
  await fillSignIn(page, email, 'not-the-password');
  await expect(page.locator('#sign-in-error')).toHaveText('This email address and password do not match.');
  await expect(page.getByLabel('E-mail')).toHaveValue(email);
  await expect(page.getByLabel('Password')).toBeFocused();
  await expect(page).toHaveURL('/sign-in');
});

test('an unknown address is refused with the same words as a wrong password', async ({ page }) => {
  await page.goto('/sign-in');
  await fillSignIn(page, 'nobody@example.com', 'not-the-password');
  await expect(page.locator('#sign-in-error')).toHaveText('This email address and password do not match.');
});

test('the right password leads to the portfolio', async ({ page }) => {
  const { email, password } = userOf('outage');
  await page.goto('/sign-in');
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL('/');
  await expect(page.getByRole('heading', { name: 'Portfolio value' })).toBeVisible();
  await expect(page.getByRole('application')).toBeVisible();
});

test('a demo user is signed in with one press', async ({ page }) => {
  await page.goto('/sign-in');
  await page.getByRole('button', { name: userOf('broken').email }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByText('Summit Invest needs you to sign in again')).toBeVisible();
});

test('signing out ends the session, and the portfolio asks to sign in again', async ({ page }) => {
  const { email, password } = userOf('steady');
  await page.goto('/sign-in');
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL('/');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');

  await page.goto('/');
  await expect(page).toHaveURL('/sign-in');
  expect((await page.request.get('/api/portfolio/history')).status()).toBe(401);
});

test('somebody who is signed in is not asked to sign in again', async ({ page, sessionOf }) => {
  const { cookies } = await sessionOf('steady');
  await page.context().addCookies(cookies);
  await page.goto('/sign-in');
  await expect(page).toHaveURL('/');
});

test('the form signs in before any script has loaded', async ({ browser, baseURL }) => {
  const context = await browser.newContext({ javaScriptEnabled: false, baseURL: baseURL ?? '' });
  const page = await context.newPage();
  const { email, password } = userOf('steady');
  await page.goto('/sign-in');
  await fillSignIn(page, email, password);
  await expect(page.getByRole('heading', { name: 'Portfolio value' })).toBeVisible();
  await context.close();
});
