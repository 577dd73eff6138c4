import { randomBytes, randomUUID } from 'node:crypto';
import type { Page } from '@playwright/test';
import { createClient } from '@supabase/supabase-js';
import { startApp } from '@/lib/local/app-process';
import { findFreePort } from '@/lib/local/ports';
import type { StackUser } from '@/lib/local/status-file';
import { clockEnvironment } from '../support/running-app';
import { chartOn } from './support/chart';
import { FRIDAY_EVENING } from './support/start-app';
import { appUnderTest, test as base, expect, fillSignIn, userOf } from './support/test';
import { findViolations } from './support/violations';

/** The same product over the same data, but without the keys of a source of index prices, and with accounts at Alpaca switched off. */
const test = base.extend<object, { keylessUrl: string }>({
  keylessUrl: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from this pattern.
    async ({}, use) => {
      const { supabaseUrl, publishableKey, secretKey, sandboxUrl } = appUnderTest();
      const port = await findFreePort();
      const url = `http://localhost:${port}`;
      const app = startApp({
        isBuilt: true,
        host: '127.0.0.1',
        port,
        environment: {
          ...clockEnvironment(FRIDAY_EVENING),
          NEXT_PUBLIC_SUPABASE_URL: supabaseUrl,
          NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: publishableKey,
          SUPABASE_SECRET_KEY: secretKey,
          CRON_SECRET: randomBytes(16).toString('hex'),
          CREDENTIALS_KEY: randomBytes(32).toString('base64'),
          SNAPTRADE_CLIENT_ID: 'NOBODY',
          SNAPTRADE_CONSUMER_KEY: 'of-nobody',
          SNAPTRADE_BASE_URL: sandboxUrl ?? '',
          ALPACA_API_KEY_ID: '',
          ALPACA_API_SECRET_KEY: '',
          ALPACA_LINKING: '',
          ALPACA_OAUTH_CLIENT_ID: '',
          ALPACA_OAUTH_CLIENT_SECRET: '',
        },
      });
      const answers = async (): Promise<void> => {
        const health = () => fetch(`${url}/api/health`).catch(() => null);
        await expect.poll(health, { timeout: 180_000 }).not.toBeNull();
      };
      await app.whileAlive(answers());
      await use(url);
      await app.stop();
    },
    { scope: 'worker', timeout: 240_000 },
  ],
});

/** Somebody's portfolio, at the app without keys. */
async function signInAt(page: Page, url: string, { email, password }: StackUser): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await fillSignIn(page, email, password);
  await page.waitForURL(`${url}/`);
}

test('without keys no index is offered, not even to an address that asks for one', async ({
  page,
  keylessUrl,
}) => {
  await signInAt(page, keylessUrl, userOf('steady'));
  await page.goto(`${keylessUrl}/?period=1M&show=return&benchmark=sp500`);
  await expect(chartOn(page)).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Return', exact: true })).toBeChecked();
  // The notice about the demo's data names the index too, but offers none.
  await expect(page.getByRole('region', { name: 'History' }).getByText('S&P 500')).toHaveCount(0);
  await expect(page.locator('[data-line="benchmark"]')).toHaveCount(0);
});

test('a connection of a source that is switched off is paused, says so, and can only be unlinked', async ({
  page,
  keylessUrl,
}) => {
  const lee = userOf('fresh');
  const { supabaseUrl, secretKey } = appUnderTest();
  const service = createClient(supabaseUrl, secretKey, { auth: { persistSession: false } });
  const { data: userId } = await service.rpc('user_with_email', { p_email: lee.email });
  await service.from('portfolios').upsert({ user_id: userId });
  const id = randomUUID();
  const linked = { id, user_id: userId, provider: 'alpaca', external_id: id, institution: 'Alpaca' };
  const { error } = await service
    .from('brokerage_connections')
    .insert({ ...linked, last_success_at: '2026-11-19T22:00:00Z' });
  expect(error).toBeNull();

  await signInAt(page, keylessUrl, lee);
  const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: 'Alpaca' }) });
  // The app of all other tests goes on with it at its next tick.
  await expect(async () => {
    const asked = await page.request.post(`${keylessUrl}/api/snaptrade/fetch-reporting-history`, {
      data: { lookback_days: 30 },
    });
    expect(asked.status()).toBe(200);
    await page.goto(`${keylessUrl}/connections`);
    await expect(card).toContainText('Paused', { timeout: 1_000 });
  }).toPass();
  await expect(card).toContainText(
    'We read nothing from this source at present. The days that were known stay in your history, and those since are filled in once it is switched on again.',
  );
  await expect(card).toContainText('Last read Nov 19, 2026');
  await expect(card.getByRole('button')).toHaveText(['Unlink Alpaca']);
  const others = page.getByRole('region', { name: 'Add another source' });
  await expect(others.getByRole('heading', { level: 3 })).toHaveText(['Most brokerages']);
  expect(await findViolations(page)).toEqual([]);

  await service.from('brokerage_connections').delete().eq('id', id);
});
