import { type Browser, test as base, expect, type Page } from '@playwright/test';
import type { Period } from '@/lib/domain/period';
import type { HistoryDocument } from '@/lib/history/document';
import type { Story } from '@/lib/local/demo/scenario';
import type { StackStatus, StackUser } from '@/lib/local/status-file';

type Session = Awaited<ReturnType<ReturnType<Page['context']>['storageState']>>;

interface Fixtures {
  /** Whose page it is; null is a visitor without a session. */
  story: Story | null;
  /** Whether the session is the test's alone, since it ends it; it is shared otherwise. */
  endsSession: boolean;
  /** What the browser may complain about in its console, where a test provokes it. */
  expectedComplaint: RegExp | null;
  /** The document that the API answers to the signed-in user for a period. */
  readHistory: (period: Period) => Promise<HistoryDocument>;
  /** Fails the test when the page wrote an error to the console or threw one. */
  quietConsole: undefined;
}

interface WorkerFixtures {
  /** Signs each demo user in once, and hands the session to every test that asks. */
  sessionOf: (story: Story) => Promise<Session>;
}

export const test = base.extend<Fixtures, WorkerFixtures>({
  story: [null, { option: true }],
  endsSession: [false, { option: true }],
  expectedComplaint: [null, { option: true }],

  baseURL: async ({ browserName: _ }, use) => use(appUnderTest().appUrl),

  sessionOf: [
    async ({ browser }, use) => {
      const sessions = new Map<Story, Promise<Session>>();
      await use((story) => {
        const session = sessions.get(story) ?? signIn(browser, story);
        sessions.set(story, session);
        return session;
      });
    },
    { scope: 'worker' },
  ],

  storageState: async ({ story, endsSession, browser, sessionOf }, use) => {
    if (story === null) await use(undefined);
    else await use(await (endsSession ? signIn(browser, story) : sessionOf(story)));
  },

  readHistory: async ({ page }, use) => {
    await use(async (period) => {
      const response = await page.request.get(`/api/portfolio/history?period=${period}`);
      expect(response.status()).toBe(200);
      return (await response.json()) as HistoryDocument;
    });
  },

  quietConsole: [
    async ({ page, expectedComplaint }, use) => {
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (message.type() === 'error') complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      await use(undefined);
      expect(complaints.filter((text) => !expectedComplaint?.test(text))).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** Where the product runs and who may sign in, as the global set-up left it. */
export function appUnderTest(): StackStatus {
  const status = process.env.APP_UNDER_TEST;
  if (status === undefined) throw new Error('The global set-up did not start the app.');
  return JSON.parse(status) as StackStatus;
}

/** The demo user who tells a story. */
export function userOf(story: Story): StackUser {
  const user = appUnderTest().users.find((candidate) => candidate.story === story);
  if (user === undefined) throw new Error(`no demo user tells the story ${story}`);
  return user;
}

/** Fills in the sign-in form and sends it. */
export async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

async function signIn(browser: Browser, story: Story): Promise<Session> {
  // A context that a test opens takes over its options; this one begins without a session.
  const context = await browser.newContext({
    baseURL: appUnderTest().appUrl,
    storageState: { cookies: [], origins: [] },
  });
  const page = await context.newPage();
  const { email, password } = userOf(story);
  await page.goto('/sign-in');
  await fillSignIn(page, email, password);
  await page.waitForURL('/');
  const session = await context.storageState();
  await context.close();
  return session;
}
