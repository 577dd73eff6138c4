import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewerId } from '@/lib/http/session';
import {
  type ApiUser,
  ask,
  bearer,
  countWork,
  expectProblem,
  linkApiUser,
  post,
  signInWithCookie,
} from '../support/api';
import { callAction } from '../support/call-action';

const times = (count: number) => Array.from({ length: count }, (_, index) => index);

let owner: ApiUser;
let other: ApiUser;
beforeAll(async () => {
  // Nothing is due of theirs, so that a fill asks nobody.
  const quiet = { notBefore: '2099-01-01T00:00:00Z' };
  [owner, other] = [await linkApiUser(quiet), await linkApiUser(quiet)];
});
afterAll(async () => {
  await owner.remove();
  await other.remove();
});

/** Asks as often as the limit allows, then once more, and as somebody else. Returns the answer that was one too many. */
async function exceed(max: number, request: (headers: Record<string, string>) => Promise<Response>) {
  const within = await Promise.all(times(max).map(() => request(bearer(owner.accessToken))));
  expect(within.map(({ status }) => status)).toEqual(times(max).map(() => 200));
  const before = await countWork();
  const refused = await request(bearer(owner.accessToken));
  expect(await countWork()).toEqual(before);
  expect((await request(bearer(other.accessToken))).status).toBe(200);
  return refused;
}

describe('who asks too often is told when to come again, costs nothing more, and is in nobody’s way', () => {
  it.each([
    {
      what: 'for the portal',
      max: 10,
      everySeconds: 60,
      request: (headers: Record<string, string>) => post('/api/connections/link', {}, headers),
    },
    {
      what: 'for history, whichever way',
      max: 10,
      everySeconds: 60,
      request: (headers: Record<string, string>) =>
        post('/api/snaptrade/fetch-reporting-history', { lookback_days: 1 }, headers),
    },
    {
      what: 'for a file',
      max: 30,
      everySeconds: 10,
      request: (headers: Record<string, string>) => ask('/api/user/export', { headers }),
    },
  ])('$what', async ({ max, everySeconds, request }) => {
    const refused = await exceed(max, request);
    const seconds = Number(refused.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(everySeconds);
    expect(await expectProblem(refused, 429)).toMatch(/Try again in (?:a second|\d+ seconds)\.$/);
  });

  it('and what shares a limit is refused with it, also by a form', async () => {
    const capture = await post('/api/snaptrade/capture-daily-snapshot', {}, bearer(owner.accessToken));
    await expectProblem(capture, 429);
    const file = await ask('/api/portfolio/export?format=csv', { headers: bearer(owner.accessToken) });
    await expectProblem(file, 429);
    const before = await countWork();
    const cookie = await signInWithCookie(owner);
    const { status, location, text } = await callAction(
      'startLinkAction',
      [viewerId(owner.id), null, {}],
      cookie,
    );
    expect({ status, location }).toEqual({ status: 200, location: null });
    expect(text).toContain('asked for too often');
    expect(await countWork()).toEqual(before);
  });
});

describe('a password', () => {
  const WRONG = 'do not match';
  const REFUSED = 'asked for too often';

  /** Signs in from an address of a test's own; returns what the form shows, or `signed in`. */
  async function trySignIn(email: string, password: string, address: string): Promise<string> {
    const headers = { 'x-forwarded-for': address };
    const { location, text } = await callAction('signIn', [null, { email, password }], headers);
    return location === null ? (/do not match|asked for too often/.exec(text)?.[0] ?? text) : 'signed in';
  }

  it('is not guessed on: from the limit on even the right one is refused, and a success counts for nothing', async () => {
    const fails = (count: number) =>
      Promise.all(times(count).map((at) => trySignIn(owner.email, 'a-guess', `203.0.113.${at}`)));
    const succeeds = () => trySignIn(owner.email, owner.password, '203.0.113.200');
    expect(new Set(await fails(19))).toEqual(new Set([WRONG]));
    expect([await succeeds(), await succeeds()]).toEqual(['signed in', 'signed in']);
    expect(await fails(1)).toEqual([WRONG]);
    expect([await succeeds(), ...(await fails(1))]).toEqual([REFUSED, REFUSED]);
    expect(await trySignIn(other.email, other.password, '203.0.113.1')).toBe('signed in');
  });

  it('is guessed of nobody else either from the same address, however the address is dressed up', async () => {
    const guess = (at: number) =>
      trySignIn(`nobody-${at}@example.com`, 'a-guess', `198.51.100.${at}, 192.0.2.7`);
    expect(new Set(await Promise.all(times(30).map(guess)))).toEqual(new Set([WRONG]));
    expect(await trySignIn(other.email, other.password, '192.0.2.7')).toBe(REFUSED);
    expect(await trySignIn(other.email, other.password, '192.0.2.8')).toBe('signed in');
  });
});
