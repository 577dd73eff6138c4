import { request as ask } from 'node:http';
import type { APIResponse } from '@playwright/test';
import { readActions } from '../support/endpoints';
import { FACTORS, RIGHT_CODE, SECRET_OF_FACTOR, standInForFactors } from '../support/factors';
import { type Gate, openGate } from '../support/gate';
import { headlineOn } from './support/chart';
import { type SecondApp, startSecondApp } from './support/second-app';
import { appUnderTest, expect, test } from './support/test';

/** The browser tells its console of every failed request, and React (by this number) of a page that the server could not make. */
test.use({ story: 'steady', expectedComplaint: /Failed to load resource|React error #441/ });
// One app serves them all, since each leaves it as it was.
test.describe.configure({ mode: 'default' });

let gate: Gate;
let app: SecondApp;
test.beforeAll(async () => {
  const answer = standInForFactors(process.env.JWT_SECRET_UNDER_TEST ?? '');
  gate = await openGate(appUnderTest().supabaseUrl, { at: FACTORS, answer });
  app = await startSecondApp(appUnderTest(), gate.url);
});
test.afterAll(async () => {
  await app.stop();
  await gate.close();
});

const PROBLEM = 'application/problem+json';

async function problemOf(answer: APIResponse) {
  return { ...(await answer.json()), status: answer.status(), contentType: answer.headers()['content-type'] };
}

test('while the database is away, a page says so, and trying again heals it', async ({ page }) => {
  await gate.takeAway();
  await page.goto(`${app.url}/`);
  const alert = page.getByRole('alert').filter({ hasText: 'not available right now' });
  await expect(alert).toContainText('Nothing is lost');
  await expect(page.getByText(/^Reference: \d+/)).toBeVisible();
  const again = page.getByRole('button', { name: 'Try again' });
  await again.click();
  await expect(again).toBeEnabled();
  await expect(alert).toBeVisible();

  await gate.bringBack();
  await again.click();
  await expect(headlineOn(page)).toBeVisible();
  await expect(alert).toHaveCount(0);
});

test('while the database is away, a tick, a document and health answer 503 as problems, and are well again by themselves', async ({
  page,
}) => {
  const capture = () =>
    page.request.get(`${app.url}/api/cron/capture`, {
      headers: { authorization: `Bearer ${appUnderTest().cronSecret}` },
    });
  const history = () => page.request.get(`${app.url}/api/portfolio/history?period=1W`);
  await gate.takeAway();
  for (const answer of [await capture(), await history()])
    expect(await problemOf(answer)).toMatchObject({ status: 503, contentType: PROBLEM, code: 'unavailable' });
  expect((await page.request.get(`${app.url}/api/health`)).status()).toBe(503);
  await gate.bringBack();
  expect((await history()).status()).toBe(200);
});

test('who goes away while a page, a document or an action is made leaves no error in the log', async ({
  page,
  context,
}) => {
  await page.goto(`${app.url}/settings`);
  const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  const action = readActions().find(({ name }) => name === 'checkLinksAction');
  const call = { 'next-action': action?.id ?? '', 'content-type': 'text/plain;charset=UTF-8' };
  const before = app.readOutput().length;
  for (const [method, path, headers, body] of [
    ['GET', '/', {}, ''],
    ['GET', '/api/portfolio/history?period=1Y', {}, ''],
    ['POST', action?.pages[0] ?? '', call, '["somebody"]'],
  ] as const) {
    const letPass = gate.hold();
    const sent = ask(`${app.url}${path}`, { method, headers: { cookie, ...headers } });
    const failed = new Promise((resolve) => sent.once('error', resolve));
    sent.end(body);
    await gate.untilWaiting(1);
    sent.destroy();
    await failed;
    letPass();
    // Once this is answered, so is what waited before it.
    expect((await page.request.get(`${app.url}/api/portfolio/history?period=1W`)).status()).toBe(200);
  }
  expect(app.readOutput().slice(before)).not.toMatch(/"level":"error"|⨯|Error/);
});

test.describe('an administrator of whom a second factor is required', () => {
  test.use({ story: 'admin' });

  test('is led to it from every page below /admin, sets an authenticator up, and is let in by its code', async ({
    page,
  }) => {
    const coverage = async () => (await page.request.get(`${app.url}/api/admin/coverage`)).status();
    await page.goto(`${app.url}/admin/coverage`);
    await expect(page).toHaveURL(`${app.url}/sign-in/second-factor`);
    expect(await coverage()).toBe(403);
    await page.getByRole('button', { name: 'Set up an authenticator' }).click();
    await expect(page.getByText(SECRET_OF_FACTOR)).toBeVisible();

    const confirmWith = async (code: string) => {
      await page.getByLabel('Code').fill(code);
      await page.getByRole('button', { name: 'Confirm' }).click();
    };
    await confirmWith('135791');
    await expect(page.getByText('This code is not right')).toBeVisible();
    expect(await coverage()).toBe(403);
    await confirmWith(`${RIGHT_CODE.slice(0, 3)} ${RIGHT_CODE.slice(3)}`);
    await expect(page).toHaveURL(`${app.url}/admin/coverage`);
    await expect(page.getByRole('grid', { name: 'Users by trading days' })).toBeVisible();
    expect(await coverage()).toBe(200);
  });
});
