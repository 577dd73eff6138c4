import { randomBytes } from 'node:crypto';
import { startApp } from '@/lib/local/app-process';
import { findFreePort } from '@/lib/local/ports';
import { clockEnvironment } from '../support/running-app';
import { chartOn } from './support/chart';
import { FRIDAY_EVENING } from './support/start-app';
import { appUnderTest, test as base, expect, fillSignIn, userOf } from './support/test';

/** The same product over the same data, but without the keys of a source of index prices. */
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

test('without keys no index is offered, not even to an address that asks for one', async ({
  page,
  keylessUrl,
}) => {
  const { email, password } = userOf('steady');
  await page.goto(`${keylessUrl}/sign-in`);
  await fillSignIn(page, email, password);
  await page.waitForURL(`${keylessUrl}/`);
  await page.goto(`${keylessUrl}/?period=1M&show=return&benchmark=sp500`);
  await expect(chartOn(page)).toBeVisible();
  await expect(page.getByRole('radio', { name: 'Return', exact: true })).toBeChecked();
  // The notice about the demo's data names the index too, but offers none.
  await expect(page.getByRole('region', { name: 'History' }).getByText('S&P 500')).toHaveCount(0);
  await expect(page.locator('[data-line="benchmark"]')).toHaveCount(0);
});
