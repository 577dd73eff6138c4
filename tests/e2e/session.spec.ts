import type { BrowserContext, Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import type { Story } from '@/lib/local/demo/scenario';
import { HISTORY } from './support/answers';
import { chartOn, headlineOn, money } from './support/chart';
import { createGate } from './support/gate';
import { expect, fillSignIn, test, userOf } from './support/test';

const OLIVIA = 'outage';
const BEN = 'broken';
/** The browser writes every refused request to its console. */
test.use({ expectedComplaint: /^Failed to load resource/, endsSession: true });
// Each signs in two people.
test.beforeEach(() => test.slow());
test.afterEach(({ context }) => context.unrouteAll({ behavior: 'ignoreErrors' }));

async function signInAs(page: Page, story: Story): Promise<void> {
  const { email, password } = userOf(story);
  // Whoever has just signed out is there already, in whatever document that left.
  if (!page.url().endsWith('/sign-in')) await page.goto('/sign-in');
  await fillSignIn(page, email, password);
  await expect(page).toHaveURL('/');
  await waitForChart(page);
}

async function waitForChart(page: Page): Promise<void> {
  await chartOn(page).locator('[data-drawn] path[data-kind]').first().waitFor({ state: 'attached' });
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/sign-in');
}

async function choose(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('radio', { name }).click();
}

/** The newest value of whoever is signed in, as the page writes it. */
async function readFigure(page: Page): Promise<string> {
  const answer = await page.request.get('/api/portfolio/history?period=3M');
  expect(answer.status()).toBe(200);
  const { points } = (await answer.json()) as HistoryDocument;
  // An estimate stands beside the headline, in whole dollars.
  return money(points.findLast(({ kind }) => kind !== 'estimated')?.value ?? '');
}

/** Another user's session takes the place of the one there is, without any page being involved. */
async function swapSession(
  context: BrowserContext,
  session: Awaited<ReturnType<BrowserContext['storageState']>> | null,
): Promise<void> {
  await context.clearCookies();
  if (session !== null) await context.addCookies(session.cookies);
}

// On the page itself: after a step to it, the framework announces its heading too, in an alert of its own.
const alertOn = (page: Page) => page.getByRole('main').getByRole('alert');
const changedOn = (page: Page) => alertOn(page).filter({ hasText: 'Somebody else is signed in now' });
const signedOutOn = (page: Page) => alertOn(page).filter({ hasText: 'You were signed out' });

/** Looks at the page again until it has noticed: what is drawn may not be listening yet. */
async function lookAgain(page: Page): Promise<void> {
  await expect(async () => {
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await expect(changedOn(page)).toBeVisible({ timeout: 2_000 });
  }).toPass();
}

async function expectNothingShown(page: Page, figure: string): Promise<void> {
  await expect(page.locator('body')).not.toContainText(figure);
  await expect(page.locator('body')).not.toContainText(userOf(OLIVIA).email);
  await expect(chartOn(page)).toHaveCount(0);
}

test.describe('two users in one tab', () => {
  /** Olivia looks at two periods and signs out; then Ben signs in. Returns what is Olivia's. */
  async function handOver(page: Page): Promise<string> {
    await signInAs(page, OLIVIA);
    const figure = await readFigure(page);
    for (const period of [/3 months/, /1 month/]) {
      await choose(page, period);
      await expect(headlineOn(page)).toContainText(figure);
      await waitForChart(page);
    }
    await page.waitForLoadState('networkidle');
    await signOut(page);
    await signInAs(page, BEN);
    return figure;
  }

  test('the second sees his own figures, whatever the first looked at', async ({ page }) => {
    const olivias = await handOver(page);
    const bens = await readFigure(page);
    await choose(page, /3 months/);
    await expect(page).toHaveURL('/?period=3M');
    await expect(chartOn(page)).toHaveAccessibleName(/Aug 20 – Nov 20, 2026/);
    await expect(headlineOn(page)).toContainText(bens);
    await expect(page.locator('body')).not.toContainText(olivias);
    await choose(page, /1 month/);
    await expect(headlineOn(page)).toContainText(bens);
    await expect(page.locator('body')).not.toContainText(olivias);
  });

  test('on a slow network the second waits with his own figures', async ({ page }) => {
    const olivias = await handOver(page);
    const answers = createGate();
    await page.route(HISTORY, async (route) => {
      await answers.opened;
      await route.continue();
    });
    await choose(page, /3 months/);
    await expect(page).toHaveURL('/?period=3M');
    await expect(headlineOn(page)).toBeVisible();
    await expect(page.locator('body')).not.toContainText(olivias);
    answers.open();
    await expect(chartOn(page)).toHaveAccessibleName(/Aug 20 – Nov 20, 2026/);
    await expect(page.locator('body')).not.toContainText(olivias);
  });

  test('when the second’s requests fail, nothing of the first stands in', async ({ page }) => {
    const olivias = await handOver(page);
    await page.route(HISTORY, (route) => route.abort());
    await choose(page, /3 months/);
    await expect(page.getByText(/We couldn’t load this period\./)).toBeVisible();
    await expect(page.locator('body')).not.toContainText(olivias);
  });

  test('signing in and out each begin a new document', async ({ page }) => {
    const mark = () => page.evaluate(() => Object.assign(window, { isOldDocument: true }));
    const isOld = () => page.evaluate(() => 'isOldDocument' in window);
    await page.goto('/sign-in');
    await mark();
    const { email, password } = userOf(OLIVIA);
    await fillSignIn(page, email, password);
    await expect(page).toHaveURL('/');
    expect(await isOld()).toBe(false);
    await mark();
    await signOut(page);
    expect(await isOld()).toBe(false);
  });
});

test.describe('going back', () => {
  test('after signing out leads to signing in', async ({ page }) => {
    await signInAs(page, OLIVIA);
    const figure = await readFigure(page);
    await choose(page, /3 months/);
    await expect(headlineOn(page)).toContainText(figure);
    await page.getByRole('link', { name: 'Connections' }).click();
    await expect(page.getByRole('heading', { name: 'Connections' })).toBeVisible();
    await signOut(page);
    for (let steps = 0; steps < 3; steps += 1) {
      await page.goBack();
      await expect(page.getByRole('heading', { name: 'Sign in to Portfolio History' })).toBeVisible();
      await expect(page.locator('body')).not.toContainText(figure);
    }
  });

  test.describe('to a page that the browser kept whole', () => {
    test.use({ story: OLIVIA });

    /** What a browser does that takes a page out of its back/forward cache. */
    const takeOut = (page: Page) =>
      page.evaluate(() => window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));

    test('shows nothing until it is known who is signed in', async ({ page, context }) => {
      await page.goto('/');
      await waitForChart(page);
      const figure = await readFigure(page);
      const answers = createGate();
      await page.route('**/api/session', async (route) => {
        await answers.opened;
        await route.continue();
      });
      await swapSession(context, null);
      await takeOut(page);
      await expect(page.getByText(figure).first()).toBeHidden();
      await expect(page.getByText('Checking who is signed in')).toBeVisible();
      answers.open();
      await expect(signedOutOn(page)).toBeVisible();
      await expectNothingShown(page, figure);
    });

    test('stays hidden while nobody can tell who is signed in, and shows again when that is known', async ({
      page,
    }) => {
      await page.goto('/');
      await waitForChart(page);
      await page.route('**/api/session', (route) => route.abort());
      await takeOut(page);
      await expect(chartOn(page)).toBeHidden();
      await page.unroute('**/api/session');
      await page.getByRole('button', { name: 'Try again' }).click();
      await expect(chartOn(page)).toBeVisible();
    });
  });
});

test.describe('two users in two tabs', () => {
  test('the first tab says at once that somebody else signed in, and leads on', async ({ page, context }) => {
    await signInAs(page, OLIVIA);
    const figure = await readFigure(page);
    const second = await context.newPage();
    await second.goto('/');
    await signOut(second);
    await expect(signedOutOn(page)).toBeVisible();
    await expectNothingShown(page, figure);

    await signInAs(second, BEN);
    await expect(changedOn(page)).toBeVisible();
    await expectNothingShown(page, figure);
    await changedOn(page).getByRole('link', { name: 'Continue to the portfolio' }).click();
    await expect(headlineOn(page)).toContainText(await readFigure(page));
    await expect(page.getByRole('banner')).toContainText(userOf(BEN).email);
  });

  test('signing in again as oneself brings the first tab’s page back by itself', async ({
    page,
    context,
  }) => {
    await signInAs(page, OLIVIA);
    const second = await context.newPage();
    await second.goto('/');
    await signOut(second);
    await expect(signedOutOn(page)).toBeVisible();
    await signInAs(second, OLIVIA);
    await expect(signedOutOn(page)).toHaveCount(0);
    await expect(chartOn(page)).toBeVisible();
  });

  test.describe('when the first tab was not reached by the news', () => {
    test.use({ story: OLIVIA });

    test('its next question is refused', async ({ page, context, sessionOf }) => {
      await page.goto('/');
      await waitForChart(page);
      const figure = await readFigure(page);
      await swapSession(context, await sessionOf(BEN));
      const refused = page.waitForResponse(HISTORY);
      await choose(page, /6 months/);
      expect((await refused).status()).toBe(409);
      await expect(changedOn(page)).toBeVisible();
      await expectNothingShown(page, figure);
      await expect(page.locator('body')).not.toContainText(await readFigure(page));
    });

    test('another’s document is refused, however late it arrives', async ({ page, sessionOf }) => {
      await page.goto('/');
      await waitForChart(page);
      const { cookies } = await sessionOf(BEN);
      const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join('; ');
      const answers = createGate();
      await page.route(HISTORY, async (route) => {
        await answers.opened;
        const { 'x-page-viewer': _, ...headers } = route.request().headers();
        await route.fulfill({ response: await route.fetch({ headers: { ...headers, cookie } }) });
      });
      await choose(page, /6 months/);
      answers.open();
      await expect(changedOn(page)).toBeVisible();
    });

    test('a step to another page says so instead of mixing the two', async ({ page, context, sessionOf }) => {
      await page.goto('/');
      await waitForChart(page);
      const figure = await readFigure(page);
      await swapSession(context, await sessionOf(BEN));
      await page.getByRole('link', { name: 'Connections' }).click();
      await expect(changedOn(page)).toBeVisible();
      await page.goBack();
      await expect(changedOn(page)).toBeVisible();
      await expectNothingShown(page, figure);
    });

    test('it notices when it is looked at again', async ({ page, context, sessionOf }) => {
      await page.goto('/data-quality');
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await swapSession(context, await sessionOf(BEN));
      await lookAgain(page);
      await expect(page.locator('table')).toHaveCount(0);
    });

    test('its buttons do nothing in the other’s name', async ({ page, context, sessionOf }) => {
      await page.goto('/connections');
      const link = page.getByRole('button', { name: 'Link a brokerage' });
      await expect(link).toBeVisible();
      await swapSession(context, await sessionOf(BEN));
      await link.click();
      await expect(changedOn(page)).toBeVisible();
      await expect(page).toHaveURL('/connections');
    });
  });

  test.describe('an administrator’s', () => {
    test.use({ story: 'admin' });

    test('pages are hidden from whoever signs in next', async ({ page, context, sessionOf }) => {
      await page.goto('/admin/coverage');
      const grid = page.getByRole('grid', { name: 'Users by trading days' });
      await expect(grid).toBeVisible();
      await swapSession(context, await sessionOf(BEN));
      await lookAgain(page);
      await expect(grid).toHaveCount(0);
    });
  });
});

test.describe('a browser', () => {
  test.use({ story: OLIVIA });

  test('may keep nothing of what a signed-in page asks for', async ({ page }) => {
    const kept: string[] = [];
    const seen: string[] = [];
    page.on('response', (answer) => {
      const { pathname } = new URL(answer.url());
      if (/^\/_next\/|\.\w+$/.test(pathname)) return;
      seen.push(pathname);
      if (!/\bno-store\b/.test(answer.headers()['cache-control'] ?? '')) kept.push(answer.url());
    });
    await page.goto('/');
    await waitForChart(page);
    await choose(page, /3 months/);
    await expect(page).toHaveURL('/?period=3M');
    await page.getByRole('link', { name: 'How reliable is this chart?' }).click();
    await expect(page).toHaveURL('/data-quality');
    await page.getByRole('link', { name: 'Connections' }).click();
    await expect(page.getByRole('heading', { name: 'Connections' })).toBeVisible();
    await signOut(page);
    await page.waitForLoadState('networkidle');
    expect(seen).toEqual(
      expect.arrayContaining(['/', '/api/portfolio/history', '/data-quality', '/connections']),
    );
    expect(kept).toEqual([]);
  });
});
