import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import {
  type ApiUser,
  ask,
  bearer,
  expectProblem,
  linkApiUser,
  post,
  signIn,
  signInWithCookie,
} from '../support/api';
import { choosePortal } from '../support/linking';
import { changeStack } from '../support/sandbox-control';

const LINK = '/api/connections/link';
const control = (method: 'GET' | 'POST' | 'DELETE', path: string, body?: unknown) =>
  changeStack(inject('testApp').status, method, path, body);

const listSchema = z.object({
  connections: z.array(
    z.looseObject({ id: z.uuid(), institution: z.string(), status: z.string(), isDue: z.boolean() }),
  ),
});

async function readConnections(headers: HeadersInit) {
  const answer = await ask('/api/connections', { headers });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('cache-control')).toBe('private, no-store');
  return listSchema.parse(await answer.json()).connections;
}

async function openPortal(headers: Record<string, string>): Promise<string> {
  const answer = await post(LINK, {}, headers);
  expect(answer.status).toBe(200);
  return z.strictObject({ url: z.url() }).parse(await answer.json()).url;
}

let owner: ApiUser;
beforeAll(async () => {
  owner = await linkApiUser();
});
afterAll(() => owner.remove());

describe('the list of connections', () => {
  it('is its owner’s own', async () => {
    const own = await readConnections(bearer(owner.accessToken));
    expect(own).toMatchObject([{ institution: 'Test Brokerage', status: 'active' }]);
    const others = await readConnections(bearer(await signIn('steady')));
    expect(others.map(({ institution }) => institution)).toEqual(['Summit Invest']);
  });

  it('is refused to a visitor', async () => {
    await expectProblem(await ask('/api/connections'), 401);
    await expectProblem(await ask('/api/connections', { headers: bearer('not-a-token') }), 401);
  });
});

describe('asking for the portal', () => {
  it.each([
    { name: 'a connection that is no id', body: { reconnect: 'connection-1' }, status: 400 },
    { name: 'something unknown', body: { returnTo: 'https://elsewhere.example' }, status: 400 },
    { name: 'a connection that is not there', body: { reconnect: randomUUID() }, status: 404 },
  ])('with $name is refused', async ({ body, status }) => {
    await expectProblem(await post(LINK, body, bearer(owner.accessToken)), status);
  });

  it('to mend a connection of somebody else is refused', async () => {
    const [connection] = await readConnections(bearer(owner.accessToken));
    const stranger = bearer(await signIn('steady'));
    await expectProblem(await post(LINK, { reconnect: connection?.id }, stranger), 404);
  });

  it('without a session, from another site, or with a form is refused', async () => {
    await expectProblem(await post(LINK, {}), 401);
    const cookie = await signInWithCookie('steady');
    await expectProblem(await post(LINK, {}, { ...cookie, origin: 'https://elsewhere.example' }), 403);
    const form = { ...bearer(owner.accessToken), 'content-type': 'application/x-www-form-urlencoded' };
    await expectProblem(await ask(LINK, { method: 'POST', headers: form, body: 'a=b' }), 415);
  });

  describe('while the provider is down', () => {
    afterEach(() => control('DELETE', '/faults'));

    it('is answered with 503 and a reason', async () => {
      const fault = { id: 'down', match: { operation: 'login' }, effect: { type: 'status', status: 503 } };
      await control('POST', '/faults', fault);
      const [connection] = await readConnections(bearer(owner.accessToken));
      const answer = await post(LINK, { reconnect: connection?.id }, bearer(owner.accessToken));
      expect(await expectProblem(answer, 503)).toContain('Try again');
    });
  });
});

describe('the way back from the portal', () => {
  const comeBack = (back: URL | null, headers: HeadersInit) =>
    ask(`${back?.pathname}${back?.search}`, { headers, redirect: 'manual' });

  it('takes in what was linked for whoever is signed in, once, and fills it', async () => {
    const cookie = await signInWithCookie('fresh');
    expect(await readConnections(cookie)).toEqual([]);
    const back = await choosePortal(await openPortal(cookie), {
      choice: 'link',
      broker: 'HARBOR-SECURITIES',
    });
    expect(back?.origin).toBe(inject('testApp').status.appUrl);

    // Somebody else who is given this address links nothing.
    const stranger = await signInWithCookie('admin');
    const forged = await comeBack(back, stranger);
    expect([forged.status, forged.headers.get('location')]).toEqual([303, '/connections?notice=unconfirmed']);
    expect(await readConnections(stranger)).toEqual([]);
    const visitor = await comeBack(back, {});
    expect(visitor.headers.get('location')).toContain('/sign-in?next=%2Fconnections%2Freturn');

    const first = await comeBack(back, cookie);
    const [linked] = await readConnections(cookie);
    expect(first.headers.get('location')).toBe(`/connections?notice=linked&connection=${linked?.id}`);
    expect((await comeBack(back, cookie)).headers.get('location')).toBe(first.headers.get('location'));
    await expect
      .poll(async () => (await readConnections(cookie)).map(({ isDue }) => isDue), { timeout: 20_000 })
      .toEqual([false]);
    const history = await ask('/api/portfolio/history?period=1Y', { headers: cookie });
    const { coverage } = z
      .object({ coverage: z.object({ presentDays: z.number(), expectedDays: z.number() }) })
      .parse(await history.json());
    expect(coverage.presentDays).toBe(coverage.expectedDays);
    expect(coverage.presentDays).toBeGreaterThan(245);
  });

  it('after a failure or none at all says so, and changes nothing', async () => {
    const cookie = await signInWithCookie('fresh');
    const before = await readConnections(cookie);
    const locationOf = async (query: string) =>
      (await ask(`/connections/return${query}`, { headers: cookie, redirect: 'manual' })).headers.get(
        'location',
      );
    expect(await locationOf('?status=ERROR&status_code=403&error_code=1066')).toBe(
      '/connections?notice=failed&code=1066',
    );
    expect(await locationOf('?status=ABANDONED')).toBe('/connections?notice=abandoned');
    expect(await locationOf('')).toBe('/connections');
    expect(await readConnections(cookie)).toEqual(before);
  });

  it('unlinking takes the connection back, also at the provider', async () => {
    const cookie = await signInWithCookie('fresh');
    const [linked] = await readConnections(cookie);
    await expectProblem(
      await ask(`/api/connections/${linked?.id}`, {
        method: 'DELETE',
        headers: { ...cookie, origin: 'https://elsewhere.example' },
      }),
      403,
    );
    const before = await readDeletions();
    const answer = await ask(`/api/connections/${linked?.id}`, { method: 'DELETE', headers: cookie });
    expect(await answer.json()).toMatchObject({ connectionId: linked?.id, accounts: 2 });
    expect(await readConnections(cookie)).toMatchObject([{ status: 'removed' }]);
    // Other files unlink at the same app.
    expect((await readDeletions()).slice(before.length)).toMatchObject([{ status: 200 }]);
  });
});

async function readDeletions() {
  const requests = z
    .array(z.looseObject({ operation: z.string(), status: z.number().nullable() }))
    .parse(await control('GET', '/requests'));
  return requests.filter(({ operation }) => operation === 'deleteConnection');
}
