import { defineConfig } from '@playwright/test';
import { findBrowser } from '../support/browser';

const { executablePath, args } = await findBrowser();

/** The whole product in a real browser, as people use it: on a desk and on a phone. */
export default defineConfig({
  testDir: '.',
  outputDir: '../.output/e2e',
  globalSetup: './support/start-app.ts',
  fullyParallel: true,
  workers: 2,
  // A test that fails now and then tells of a fault in it or in the product, so a failure stays one.
  retries: 0,
  forbidOnly: true,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    launchOptions: { executablePath, args: [...args] },
    locale: 'en-US',
    timezoneId: 'Asia/Tokyo',
    screenshot: 'only-on-failure',
    // Recording every action costs as much as the test: asked for where one is looked into.
    trace: process.env.TRACE === '1' ? 'retain-on-failure' : 'off',
  },
  // The desk comes last, since its last files are many: no worker waits long for the other.
  projects: [
    {
      name: 'phone',
      // What a small screen and fingers change. What stands in the address, in a file or on the server is the same on both.
      testMatch: [
        'accessibility',
        'accounts',
        'connections',
        'coverage',
        'doubts',
        'looks',
        'period',
        'range',
        'reading',
        'states',
      ].map((name) => `${name}.spec.ts`),
      // Of keys, a phone has none; and what is tagged so has nothing to do with the size of a screen.
      grepInvert: /@desk|keyboard|with keys|arrow keys|forced/,
      // Colours and sizes are independent of each other: a desk shows both colours, a phone the dark ones.
      use: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, colorScheme: 'dark' },
    },
    { name: 'desktop', use: { viewport: { width: 1280, height: 900 } } },
  ],
});
