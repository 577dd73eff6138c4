import type { Locator, Page } from '@playwright/test';
import { expect, test, userOf } from './support/test';
import { findViolations } from './support/violations';

const gridOn = (page: Page): Locator => page.getByRole('grid', { name: 'Users by trading days' });
const rowOf = (page: Page, email: string): Locator =>
  gridOn(page)
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: email }) });

const rightOf = (box: { x: number; width: number } | null): number => (box?.x ?? 0) + (box?.width ?? 0);

async function openCoverage(page: Page, query = ''): Promise<void> {
  await page.goto(`/admin/coverage${query}`);
  await expect(gridOn(page)).toBeVisible();
}

/** The figures that scripts are told; the page has to say the same. */
async function readFigures(page: Page): Promise<{ health: { present: number; expected: number } }> {
  const answer = await page.request.get('/api/admin/coverage');
  expect(answer.status()).toBe(200);
  return (await answer.json()) as { health: { present: number; expected: number } };
}

test.describe('an administrator', () => {
  test.use({ story: 'admin' });

  test('comes from the portfolio to whether the last due day is complete, and what fails', async ({
    page,
  }) => {
    await page.goto('/');
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Operations' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Inbox');
    const places = page.getByRole('navigation', { name: 'Operations' });
    await expect(places.getByRole('link', { name: 'Inbox' })).toHaveAttribute('aria-current', 'page');
    await places.getByRole('link', { name: 'Coverage' }).click();
    const headline = page.getByRole('region', { name: 'Last due trading day' });
    await expect(headline).toContainText('Friday, November 20, 2026');
    const { health } = await readFigures(page);
    await expect(headline).toContainText(`${health.present} of ${health.expected} accounts`);
    await expect(headline).toContainText('Target 99.5% by Nov 20, 2026, 20:00 ET');
    await expect(page.getByRole('img', { name: /^Users with a value/ })).toBeVisible();
    const incident = page.getByRole('listitem').filter({ hasText: 'Keystone Trust: reconnect needed' });
    await expect(incident).toContainText('6 users');
    await expect(incident).toContainText(
      '48 days wait for their owners to reconnect: 8 trading days of 6 connections.',
    );
    const held = page.getByRole('region', { name: 'Held values' });
    await expect(held).toContainText('A jump without a deposit or withdrawal to explain it.');
    await expect(held.getByRole('link')).toHaveAttribute('href', /^\/admin\/coverage\/[0-9a-f-]{36}$/);
    await incident.getByRole('link', { name: 'Backfill all' }).click();
    await expect(page).toHaveURL(
      /\/admin\/backfill\?institution=Keystone\+Trust&provider=snaptrade&from=.*&to=2026-11-20/,
    );
  });

  test('finds a gap by its reason, opens the day, and comes to the user', { tag: '@desk' }, async ({
    page,
  }) => {
    await openCoverage(page);
    await page.getByLabel('Missing because').selectOption('No broker history');
    await expect(page).toHaveURL(/reason=provider_cannot/);
    await expect(rowOf(page, 'kira@example.com')).toBeVisible();
    await expect(rowOf(page, 'ben@example.com')).toHaveCount(0);
    // Days that are only estimated lack a broker's value all the same.
    await expect(rowOf(page, 'vera@example.com')).toBeVisible();
    await expect(page.getByText('All 3 users.')).toBeVisible();

    await page.getByRole('link', { name: 'kira@example.com' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('kira@example.com');
    const gap = page.getByRole('region', { name: /Missing days/ }).getByRole('listitem');
    await expect(gap).toContainText('No broker history');
    await expect(gap).toContainText('Final, unless somebody asks again.');
    await gap.getByRole('link').first().click();
    await expect(page.getByRole('region', { name: 'Published' })).toContainText(
      'No value was ever published.',
    );
    await expect(page.getByRole('region', { name: 'Accounts' })).toContainText('after 1 attempt');
    await expect(page.getByRole('link', { name: 'Backfill this day' })).toHaveAttribute(
      'href',
      /from=(.*)&to=\1$/,
    );
    await page.goBack();
    await page.goBack();
    await expect(page.getByLabel('Missing because')).toHaveValue('provider_cannot');
  });

  test('sees what was observed, published and corrected on a captured day', { tag: '@desk' }, async ({
    page,
  }) => {
    await openCoverage(page, '?search=mona');
    await rowOf(page, 'mona@example.com').getByRole('link', { name: 'Nov 20: Recorded at close' }).click();
    await expect(page.getByRole('region', { name: 'Published' })).toContainText(
      'Recorded at close, 1 of 1 accounts',
    );
    const account = page.getByRole('region', { name: 'Accounts' }).getByRole('listitem').first();
    await expect(account).toContainText('Current');
    await expect(account).toContainText('A jump without a deposit or withdrawal to explain it.');
  });

  test('tells the squares apart where the reader’s own colours are forced', async ({ page }) => {
    await page.emulateMedia({ forcedColors: 'active' });
    await openCoverage(page, '?sort=email&search=amira');
    const square = rowOf(page, 'amira@example.com')
      .getByRole('link', { name: 'Nov 20: Recorded at close' })
      .locator('span[aria-hidden]');
    const [fill, canvas] = await Promise.all(
      [square.first(), page.locator('html')].map((part) =>
        part.evaluate((element) => getComputedStyle(element).backgroundColor),
      ),
    );
    expect(fill).not.toBe(canvas);
    // Else the browser lays the ground of the page behind words in the colour of that ground.
    const show = page.getByRole('button', { name: 'Show' });
    await expect(show).toHaveCSS('color', canvas ?? '');
    await expect(show).toHaveCSS('forced-color-adjust', 'none');
    expect(await findViolations(page)).toEqual([]);
  });

  test('moves over the squares with keys, and opens the day with Enter', async ({ page }) => {
    await openCoverage(page, '?sort=email&search=amira');
    await rowOf(page, 'amira@example.com').getByRole('link', { name: 'amira@example.com' }).focus();
    await page.keyboard.press('End');
    await expect(page.getByRole('link', { name: 'Nov 20: Recorded at close' })).toBeFocused();
    await page.keyboard.press('ArrowLeft');
    await expect(page.getByRole('link', { name: 'Nov 19: Recorded at close' })).toBeFocused();
    await page.keyboard.press('Home');
    await expect(page.getByRole('link', { name: 'amira@example.com' })).toBeFocused();
    await page.keyboard.press('ArrowRight');
    await expect(page.getByRole('link', { name: 'Oct 22: Recorded at close' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Thursday, October 22, 2026');
  });

  test('moves with keys to users that are out of view, in a year of days', async ({ page }) => {
    await openCoverage(page, '?days=365&sort=email');
    await gridOn(page).getByRole('link', { name: 'amira@example.com' }).focus();
    await page.keyboard.press('Control+End');
    await expect(
      rowOf(page, 'vera@example.com').getByRole('link', { name: 'Nov 20: Recorded at close' }),
    ).toBeFocused();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    await expect(
      rowOf(page, 'tessa@example.com').getByRole('link', { name: 'Nov 20: Reconnect needed' }),
    ).toBeFocused();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect(
      rowOf(page, 'tessa@example.com')
        .getByRole('link', { name: /: Before linking$/ })
        .first(),
    ).toBeFocused();
  });

  test('sends a view to somebody by its address, and is told when an address is not understood', {
    tag: '@desk',
  }, async ({ page }) => {
    await openCoverage(page, '?days=90&institution=Keystone+Trust&sort=email');
    await expect(page.getByRole('combobox', { name: 'Days' })).toHaveValue('90');
    await expect(page.getByLabel('Brokerage')).toHaveValue('Keystone Trust');
    await expect(page.getByText('All 7 users.')).toBeVisible();
    await openCoverage(page, '?reason=weather');
    await expect(page.getByRole('alert').filter({ hasText: 'Unknown filter' })).toContainText('reason');
    await expect(rowOf(page, 'kira@example.com')).toBeVisible();
    await page.goto('/admin/coverage?search=nobody-at-all');
    await expect(page.getByText('No users match.')).toBeVisible();
  });

  test('reads the user’s own line, which cannot be changed from here', { tag: '@desk' }, async ({ page }) => {
    await openCoverage(page, '?search=olivia');
    await page.getByRole('link', { name: 'olivia@example.com' }).click();
    await expect(page.getByRole('application')).toHaveAccessibleName(/./);
    await expect(page.getByRole('region', { name: 'Connections' })).toContainText('Northwind Brokerage');
    await expect(page.getByRole('link', { name: 'Backfill this user' })).toBeVisible();
  });

  const expectSound = async (page: Page): Promise<void> => {
    expect(await findViolations(page)).toEqual([]);
    const excess = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await excess()).toBeLessThanOrEqual(0);
  };

  test('finds coverage without accessibility violations, and it never scrolls sideways', async ({ page }) => {
    await openCoverage(page, '?reason=provider_cannot');
    await page.getByText('What the squares mean').click();
    await page.getByText('As a table').click();
    await expectSound(page);
  });

  test('finds a user and a day without accessibility violations, likewise', async ({ page }) => {
    await openCoverage(page, '?search=mona');
    await page.getByRole('link', { name: 'mona@example.com' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('mona@example.com');
    await expectSound(page);
    await page.goto(`${page.url()}/2026-11-20`);
    await expect(page.getByRole('region', { name: 'Accounts' })).toBeVisible();
    await expectSound(page);
  });
});

test.describe('a screen of 320 pixels', () => {
  test.use({ story: 'admin', viewport: { width: 320, height: 640 } });

  test('shows coverage without scrolling sideways', async ({ page }) => {
    await openCoverage(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  });
});

test.describe('a user who is no administrator', () => {
  test.use({ story: 'steady', expectedComplaint: /^Failed to load resource/ });

  test('finds neither the way to coverage nor the page', { tag: '@desk' }, async ({ page }) => {
    await page.goto('/');
    await expect(page.getByText(userOf('steady').email)).toHaveCount(1);
    await expect(page.getByRole('link', { name: /Operations|Coverage/ })).toHaveCount(0);
    const answer = await page.goto('/admin/coverage');
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such page');
    await expect(page.getByText('kira@example.com')).toHaveCount(0);
  });
});

test('a visitor is led to the sign-in page', { tag: '@desk' }, async ({ page }) => {
  await page.goto('/admin/coverage');
  await expect(page).toHaveURL(/\/sign-in/);
});

test.describe('above and below the squares', () => {
  test.use({ story: 'admin' });

  const total = (page: Page, day: string): Locator =>
    gridOn(page).getByRole('gridcell', { name: new RegExp(`^${day}: `) });

  test('each day says how many of all users are complete, in line with its squares', async ({ page }) => {
    await openCoverage(page, '?institution=Keystone+Trust');
    const friday = total(page, 'Friday, November 20, 2026');
    await expect(friday).toHaveText(/1 of 7 users complete, 6 missing/);
    const square = rowOf(page, 'uwe@example.com').getByRole('link', { name: /^Nov 20:/ });
    // The page scrolls to the newest day once it has begun, on a small screen.
    await expect(async () => {
      const [above, below] = [await friday.boundingBox(), await square.boundingBox()];
      expect(Math.abs((above?.x ?? 0) - (below?.x ?? 100))).toBeLessThanOrEqual(1);
      // Few days take the width that there is; the newest of many are scrolled to.
      const grid = await gridOn(page).boundingBox();
      const unused = rightOf(grid) - rightOf(below);
      expect(unused).toBeGreaterThanOrEqual(0);
      expect(unused).toBeLessThan(12);
    }).toPass();
    // A filter narrows the totals down as it does the rows.
    await openCoverage(page, '?search=uwe');
    await expect(total(page, 'Friday, November 20, 2026')).toHaveText(/1 of 1 user complete/);
  });

  test('keys, pointers and fingers read a total, a date and a square in words', async ({
    page,
    hasTouch,
  }) => {
    await openCoverage(page, '?sort=email&institution=Keystone+Trust');
    const squares = gridOn(page).getByRole('row').nth(2).getByRole('link');
    const reading = page.locator('#users p[aria-hidden]');
    await squares.first().focus();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('End');
    await expect(total(page, 'Friday, November 20, 2026')).toBeFocused();
    await expect(reading).toHaveText('Friday, November 20, 2026: 1 of 7 users complete, 6 missing');
    await page.keyboard.press('ArrowDown');
    await expect(reading).toHaveText(/@example\.com, Friday, November 20, 2026: Reconnect needed\./);
    const thursday = gridOn(page).getByRole('columnheader', { name: 'Thursday, November 19, 2026' });
    await (hasTouch ? thursday.tap() : thursday.hover());
    await expect(reading).toHaveText('Thursday, November 19, 2026');
  });

  test('every letter that is there is explained beside the squares', async ({ page }) => {
    await openCoverage(page, '?institution=Keystone+Trust');
    const key = page.getByRole('list', { name: 'Key to the squares' });
    await expect(key.getByText('Reconnect needed')).toBeVisible();
    await expect(key.getByText('Recorded at close')).toBeVisible();
    await expect(key.getByText('Can’t be recovered')).toHaveCount(0);
    expect(await findViolations(page)).toEqual([]);
  });
});

test.describe('a finger', () => {
  test.use({ story: 'admin', viewport: { width: 390, height: 844 } });

  test('hits each link and button of the operators’ pages, and finds the page that is open among them', async ({
    page,
  }) => {
    for (const path of ['', '/coverage', '/backfill', '/runs', '/alerts', '/audit']) {
      await page.goto(`/admin${path}`);
      const here = page.getByRole('navigation', { name: 'Operations' }).locator('[aria-current="page"]');
      await expect(here).toBeInViewport({ ratio: 0.99 });
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('main a, main button, main summary')].flatMap((element) => {
          const { width, height } = element.getBoundingClientRect();
          const isShown = width > 1 && height > 1;
          return isShown && (width < 24 || height < 24)
            ? [`${element.textContent}: ${width} x ${height}`]
            : [];
        }),
      );
      expect(small).toEqual([]);
    }
  });
});
