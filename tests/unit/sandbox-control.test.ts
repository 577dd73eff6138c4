import { describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox } from '@/lib/local/sandbox';
import { askSandbox, controlSandbox } from '@/tests/support/sandbox-request';
import { account, SANDBOX_KEYS, scenario } from '@/tests/support/scenario';

const NOW = '2026-11-20T22:00:00.000Z';

function start(): Sandbox {
  return createSandbox({ scenario: scenario(), ...SANDBOX_KEYS, now: () => new Date(NOW) });
}

describe('the control path', () => {
  it('shows the state, with every default filled in', async () => {
    const { body } = await controlSandbox(start(), 'GET', '/state');
    expect(body).toMatchObject({
      now: NOW,
      pinned: false,
      scenario: { legacyReporting: 'off', users: [{ userId: 'user-1' }] },
      faults: [],
      requestCount: 0,
    });
  });

  it('pins the clock and lets it go', async () => {
    const sandbox = start();
    const pinned = await controlSandbox(sandbox, 'PUT', '/clock', { now: '2026-12-01T00:00:00Z' });
    expect(pinned.body).toEqual({ now: '2026-12-01T00:00:00.000Z', pinned: true });
    const released = await controlSandbox(sandbox, 'PUT', '/clock', { now: null });
    expect(released.body).toEqual({ now: NOW, pinned: false });
  });

  it('breaks a connection and mends it', async () => {
    const sandbox = start();
    const isDisabled = async () => (await askSandbox(sandbox, '/authorizations/connection-1')).body;
    await controlSandbox(sandbox, 'PATCH', '/connections/connection-1', {
      disabledSince: '2026-11-20T15:00:00Z',
    });
    expect(await isDisabled()).toMatchObject({ disabled: true, disabled_date: '2026-11-20T15:00:00.000Z' });
    await controlSandbox(sandbox, 'PATCH', '/connections/connection-1', { disabledSince: null });
    expect(await isDisabled()).toMatchObject({ disabled: false, disabled_date: null });
  });

  it('restates single days of an account and keeps the other fields', async () => {
    const sandbox = start();
    await controlSandbox(sandbox, 'PATCH', '/accounts/account-1', { overrides: { '2026-11-18': '1' } });
    const { body } = await controlSandbox(sandbox, 'PATCH', '/accounts/account-1', {
      overrides: { '2026-11-19': null },
      historyEnabled: false,
    });
    expect(body).toMatchObject({
      scenario: {
        users: [
          {
            connections: [
              {
                accounts: [
                  {
                    name: 'Brokerage account',
                    historyEnabled: false,
                    overrides: { '2026-11-18': '1', '2026-11-19': null },
                  },
                ],
              },
            ],
          },
        ],
      },
    });
  });

  it('adds and removes faults', async () => {
    const sandbox = start();
    const fault = { id: 'down', effect: { type: 'status', status: 500 } };
    expect((await controlSandbox(sandbox, 'POST', '/faults', fault)).status).toBe(201);
    expect((await askSandbox(sandbox, '/accounts')).status).toBe(500);
    expect((await controlSandbox(sandbox, 'DELETE', '/faults/down')).status).toBe(200);
    expect((await askSandbox(sandbox, '/accounts')).status).toBe(200);
    expect((await controlSandbox(sandbox, 'DELETE', '/faults/down')).status).toBe(404);
    await controlSandbox(sandbox, 'POST', '/faults', fault);
    expect((await controlSandbox(sandbox, 'DELETE', '/faults')).body).toEqual([]);
  });

  it('shows and clears the request log', async () => {
    const sandbox = start();
    await askSandbox(sandbox, '/accounts');
    expect((await controlSandbox(sandbox, 'GET', '/requests')).body).toMatchObject([
      { operation: 'listAccounts' },
    ]);
    await controlSandbox(sandbox, 'DELETE', '/requests');
    expect((await controlSandbox(sandbox, 'GET', '/requests')).body).toEqual([]);
  });

  it('puts another scenario in place, in which the same account has new ids', async () => {
    const sandbox = start();
    const linkedAnew = account({ id: 'new-id', institutionAccountId: 'at-broker-account-1' });
    await controlSandbox(sandbox, 'PUT', '/scenario', scenario({ accounts: [linkedAnew] }));
    expect((await askSandbox(sandbox, '/accounts')).body).toMatchObject([
      { id: 'new-id', institution_account_id: 'at-broker-account-1' },
    ]);
  });

  it.each([
    ['PUT', '/clock', { now: 'soon' }, 'now'],
    ['PUT', '/clock', undefined, ''],
    ['PUT', '/scenario', { users: 7 }, 'users'],
    ['PUT', '/scenario', scenario({ accounts: [account(), account()] }), 'account-1'],
    ['PUT', '/scenario', scenario({ accounts: [account({ instrument: 'NONE' })] }), 'NONE'],
    ['PATCH', '/connections/connection-1', { disabled: true }, 'disabled'],
    ['PATCH', '/accounts/account-1', { overrides: { '2026-02-30': '1' } }, 'overrides'],
    [
      'PATCH',
      '/accounts/account-1',
      { flows: [{ date: '2020-01-02', amount: '1', type: 'FEE' }] },
      'before it was opened',
    ],
    ['POST', '/faults', { id: 'f', effect: { type: 'flood' } }, 'effect'],
  ])('%s %s refuses %j and says what is wrong', async (method, path, body, what) => {
    const sandbox = start();
    const before = await controlSandbox(sandbox, 'GET', '/state');
    const answer = await controlSandbox(sandbox, method, path, body);
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining(what) } });
    expect((await controlSandbox(sandbox, 'GET', '/state')).body).toEqual(before.body);
  });

  it.each(['/connections/none', '/accounts/none'])('%s is not there', async (path) => {
    expect((await controlSandbox(start(), 'PATCH', path, {})).status).toBe(404);
  });
});

describe('who reaches the sandbox', () => {
  const send = (path: string, init: RequestInit, origin = 'http://127.0.0.1:4010') =>
    start().fetch(new Request(`${origin}${path}`, init));
  const secret = { authorization: `Bearer ${SANDBOX_KEYS.controlSecret}` };

  it.each([
    ['GET', '/_control/state', {}],
    ['GET', '/_control/requests', { authorization: 'Bearer another-secret' }],
    ['GET', '/_control/state', { authorization: `Bearer ${SANDBOX_KEYS.consumerKey}` }],
    ['DELETE', '/_control/faults', { authorization: SANDBOX_KEYS.controlSecret }],
    ['POST', '/_control/webhooks', { authorization: 'Bearer ' }],
    ['GET', '/_control', {}],
    ['GET', '/_control/none', {}],
  ])('%s %s without the secret is refused', async (method, path, headers) => {
    const answer = await send(path, { method, headers });
    expect(answer.status).toBe(401);
    expect(Object.keys((await answer.json()) as object)).toEqual(['error']);
  });

  it.each([
    { name: 'of another site', headers: { 'sec-fetch-site': 'cross-site' } },
    { name: 'of another port of this machine', headers: { 'sec-fetch-site': 'same-site' } },
    { name: 'of an old browser', headers: { origin: 'https://evil.example' } },
    { name: 'without a name', headers: { origin: 'null' } },
  ])('what a page $name posts is refused, even with the secret', async ({ headers }) => {
    const init = { method: 'POST', headers: { ...secret, ...headers }, body: '{}' };
    for (const path of ['/_control/faults', '/portal/any', '/snapTrade/login'])
      expect((await send(path, init)).status, path).toBe(403);
  });

  it('a page whose own name leads to this machine gets nothing', async () => {
    const init = { headers: { ...secret, 'sec-fetch-site': 'same-origin' } };
    expect((await send('/_control/state', init, 'http://evil.example:4010')).status).toBe(403);
  });

  it('its own pages and tools that are no browser are let in', async () => {
    const own = { ...secret, 'sec-fetch-site': 'same-origin', origin: 'http://127.0.0.1:4010' };
    for (const headers of [own, { ...secret, origin: 'http://127.0.0.1:4010' }, secret])
      expect((await send('/_control/faults', { method: 'DELETE', headers })).status).toBe(200);
  });
});
