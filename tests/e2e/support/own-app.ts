import type { Page } from '@playwright/test';
import type { HistoryDocument } from '@/lib/history/document';
import type { Story } from '@/lib/local/demo/scenario';
import { type RunningApp, startRunningApp } from '../../support/running-app';
import { changeStack } from '../../support/sandbox-control';
import { FRIDAY_EVENING } from './start-app';
import { test as base, fillSignIn } from './test';

/** What tests do that change the demo's own users: each file has an app of its own, so that no other meets it. */
export const test = base.extend<
  { app: RunningApp; signInAs: (page: Page, story: Story) => Promise<void> },
  { appOf: (file: string) => Promise<RunningApp> }
>({
  app: [async ({ appOf }, use, { file }) => use(await appOf(file)), { scope: 'test', timeout: 180_000 }],

  appOf: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads which fixtures are wanted from this pattern.
    async ({}, use) => {
      const current: { file?: string; app?: RunningApp } = {};
      // A worker that is done with a file goes on with the next.
      await use(async (file) => {
        if (current.app !== undefined && current.file === file) return current.app;
        await current.app?.stop();
        current.app = await startRunningApp({ pinnedClock: FRIDAY_EVENING, from: process.env.DEMO_FOLDER });
        current.file = file;
        return current.app;
      });
      await current.app?.stop();
    },
    { scope: 'worker' },
  ],

  baseURL: async ({ app }, use) => use(app.status.appUrl),

  signInAs: async ({ app }, use) => {
    await use(async (page, story) => {
      const user = app.status.users.find((candidate) => candidate.story === story);
      if (user === undefined) throw new Error(`no demo user tells the story ${story}`);
      await page.goto('/sign-in');
      await fillSignIn(page, user.email, user.password);
      await page.waitForURL('/');
    });
  },
});

export { expect } from './test';

/** Which days of a history have a value, as far as the sandbox knows them. */
export function daysOf({ points }: HistoryDocument): string[] {
  return points.map(({ date, value }) => `${date} ${value}`);
}

/** Speaks to the sandbox's control path. */
export async function controlSandbox(
  { status }: RunningApp,
  method: 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body?: unknown,
): Promise<void> {
  await changeStack(status, method, path, body);
}
