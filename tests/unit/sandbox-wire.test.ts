import { describe, expect, it } from 'vitest';
import { createSandbox, type Sandbox, type ScenarioInput } from '@/lib/local/sandbox';
import { askSandbox } from '@/tests/support/sandbox-request';
import { account, connection, SANDBOX_KEYS, scenario, user } from '@/tests/support/scenario';

const ACCOUNTS = '/authorizations/connection-1/accounts';

function start(document: ScenarioInput = scenario(), now = '2026-11-20T22:00:00Z'): Sandbox {
  return createSandbox({
    scenario: document,
    ...SANDBOX_KEYS,
    now: () => new Date(now),
    readWallClockMs: () => 0,
  });
}

type EffectInput = NonNullable<ScenarioInput['faults']>[number]['effect'];

function withFault(effect: EffectInput, match = {}): Sandbox {
  return start(scenario({ faults: [{ id: 'f', match, effect }] }));
}

const holdingsAt = (text: string) => [
  expect.objectContaining({
    sync_status: expect.objectContaining({
      holdings: expect.objectContaining({ last_successful_sync: text }),
    }),
  }),
];

describe('who may ask', () => {
  it('everyone, whether the sandbox is there', async () => {
    const answer = await start().fetch(new Request('http://localhost/'));
    expect(await answer.json()).toMatchObject({ online: true });
  });

  it('nobody without a signature', async () => {
    const query = new URLSearchParams({ clientId: SANDBOX_KEYS.clientId, userId: 'user-1', timestamp: '1' });
    const answer = await start().fetch(new Request(`http://localhost/accounts?${query}`));
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ default_code: '1076' });
  });

  it.each([{ userId: 'stranger' }, { userSecret: 'wrong' }, { clientId: 'OTHER' }])(
    'nobody with %j',
    async (query) => {
      expect(await askSandbox(start(), '/accounts', query)).toMatchObject({
        status: 401,
        body: { default_code: '1083' },
      });
    },
  );

  it('nobody for the connection of another user', async () => {
    const other = user({ userId: 'user-2', connections: [connection({ id: 'theirs', accounts: [] })] });
    const sandbox = start(scenario({ users: [user(), other] }));
    expect(await askSandbox(sandbox, '/authorizations/theirs')).toMatchObject({
      status: 404,
      body: { default_code: '1011' },
    });
  });

  it('anyone only as often as the limit says, and every answer tells how often that is', async () => {
    const sandbox = start(scenario({ rateLimitPerMinute: 1 }));
    const first = await askSandbox(sandbox, '/accounts');
    expect(first.headers.get('X-RateLimit-Remaining')).toBe('0');
    const second = await askSandbox(sandbox, '/accounts');
    expect(second).toMatchObject({
      status: 429,
      body: {
        detail: 'Request was throttled. Expected available in 60 seconds.',
        status_code: 429,
        code: '0000',
      },
    });
    expect(second.headers.get('X-RateLimit-Reset')).toBe('60');
    expect(second.headers.get('X-Request-ID')).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('when a value was read', () => {
  const daily = (now: string) =>
    start(scenario({ connection: { dataFreshness: 'daily', syncTime: '22:15' } }), now);

  it('is the call for a realtime connection, whose answer gives the time of its daily reading', async () => {
    const sandbox = start();
    expect((await askSandbox(sandbox, ACCOUNTS)).body).toEqual(
      holdingsAt('2026-11-20 05:00:00.000000+00:00'),
    );
    expect((await askSandbox(sandbox, '/accounts')).body).toEqual(
      holdingsAt('2026-11-19 22:15:00.000000+00:00'),
    );
  });

  it('is the last sync for a daily connection, from the very instant of the sync on', async () => {
    const before = await askSandbox(daily('2026-11-20T22:14:59Z'), ACCOUNTS);
    expect(before.body).toEqual(holdingsAt('2026-11-19 22:15:00.000000+00:00'));
    const after = await askSandbox(daily('2026-11-20T22:15:00Z'), ACCOUNTS);
    expect(after.body).toEqual(holdingsAt('2026-11-20 22:15:00.000000+00:00'));
  });

  it('is the refresh after one was asked for', async () => {
    const sandbox = daily('2026-11-20T21:30:00Z');
    expect((await askSandbox(sandbox, '/authorizations/connection-1/refresh', {}, 'POST')).status).toBe(200);
    expect((await askSandbox(sandbox, ACCOUNTS)).body).toEqual(
      holdingsAt('2026-11-20 21:30:00.000000+00:00'),
    );
  });

  it('is never after the connection broke, which no refresh can change', async () => {
    const disabledSince = '2026-11-18T15:00:00Z';
    const sandbox = start(scenario({ connection: { dataFreshness: 'daily', disabledSince } }));
    expect((await askSandbox(sandbox, ACCOUNTS)).body).toEqual(
      holdingsAt('2026-11-17 22:15:00.000000+00:00'),
    );
    const refresh = await askSandbox(sandbox, '/authorizations/connection-1/refresh', {}, 'POST');
    expect(refresh).toMatchObject({ status: 402, body: { code: '3003' } });
    expect((await askSandbox(sandbox, '/authorizations/connection-1')).body).toMatchObject({
      disabled: true,
    });
  });
});

describe('histories', () => {
  it('hold the sessions of a year up to the last close, as text with two decimals', async () => {
    const { body } = await askSandbox(start(), '/accounts/account-1/balanceHistory');
    const { history } = body as { history: { date: string; total_value: string }[] };
    expect(history[0]).toEqual({ date: '2025-11-20', total_value: '10000.00' });
    expect(history.at(-1)).toEqual({ date: '2026-11-20', total_value: '10000.00' });
  });

  it('end before the day that is still trading, and where the connection broke', async () => {
    const lastDate = async (sandbox: Sandbox) => {
      const { body } = await askSandbox(sandbox, '/accounts/account-1/balanceHistory');
      return (body as { history: { date: string }[] }).history.at(-1)?.date;
    };
    expect(await lastDate(start(scenario(), '2026-11-20T20:59:59Z'))).toBe('2026-11-19');
    const broken = scenario({ connection: { disabledSince: '2026-11-12T18:00:00Z' } });
    expect(await lastDate(start(broken))).toBe('2026-11-11');
  });

  it('of activities come newest first, a day late, and page by page', async () => {
    const flows = ['2026-11-18', '2026-11-19', '2026-11-20'].map((date) => ({
      date,
      amount: '1',
      type: 'CONTRIBUTION' as const,
    }));
    const sandbox = start(scenario({ accounts: [account({ flows })] }));
    const read = async (query: Record<string, string>) => {
      const { body } = await askSandbox(sandbox, '/accounts/account-1/activities', query);
      const { data, pagination } = body as { data: { trade_date: string }[]; pagination: unknown };
      return { dates: data.map(({ trade_date }) => trade_date.slice(0, 10)), pagination };
    };
    expect((await read({})).dates).toEqual(['2026-11-19', '2026-11-18']);
    expect(await read({ offset: '1', limit: '1' })).toEqual({
      dates: ['2026-11-18'],
      pagination: { offset: 1, limit: 1, total: 2 },
    });
    expect((await read({ startDate: '2026-11-19' })).dates).toEqual(['2026-11-19']);
    expect((await read({ type: 'FEE' })).dates).toEqual([]);
  });

  it('of activities refuse a page larger than SnapTrade gives', async () => {
    const answer = await askSandbox(start(), '/accounts/account-1/activities', { limit: '1001' });
    expect(answer.status).toBe(400);
  });
});

describe('faults on the wire', () => {
  const totalsOf = async (sandbox: Sandbox) => {
    const { body } = await askSandbox(sandbox, ACCOUNTS);
    return (body as { balance: { total: { amount: number } | null } }[]).map(
      ({ balance }) => balance.total?.amount ?? null,
    );
  };

  const EFFECTS: [EffectInput, (number | null)[]][] = [
    [{ type: 'zero_total' }, [0]],
    [{ type: 'null_total' }, [null]],
    [{ type: 'scale', factor: '100' }, [1_000_000]],
    [{ type: 'omit_account', accountId: 'account-1' }, []],
    [{ type: 'omit_account', accountId: 'account-2' }, [10_000]],
  ];
  it.each(EFFECTS)('%j gives the totals %j', async (effect, totals) => {
    expect(await totalsOf(withFault(effect))).toEqual(totals);
  });

  it('a value fault on one account leaves its neighbour alone', async () => {
    const accounts = [account(), account({ id: 'account-2' })];
    const faults = [{ id: 'f', match: { accountId: 'account-2' }, effect: { type: 'zero_total' as const } }];
    expect(await totalsOf(start(scenario({ accounts, faults })))).toEqual([10_000, 0]);
  });

  it('a stale answer is as of the instant that the fault names', async () => {
    const sandbox = withFault({ type: 'stale', asOf: '2026-11-18T21:00:00.000Z' });
    expect((await askSandbox(sandbox, ACCOUNTS)).body).toEqual(
      holdingsAt('2026-11-18 21:00:00.000000+00:00'),
    );
  });

  it('a status comes with its documented code, or as a page that SnapTrade did not write', async () => {
    const documented = await askSandbox(withFault({ type: 'status', status: 503 }), '/accounts');
    expect(documented).toMatchObject({ status: 503, body: { status_code: 503, code: '3002' } });
    const bare = await askSandbox(withFault({ type: 'status', status: 502, code: null }), '/accounts');
    expect(bare).toMatchObject({ status: 502, body: '<h1>502</h1>' });
  });

  it('a silent sandbox lets go when it closes, and logs that it gave no answer', async () => {
    const sandbox = withFault({ type: 'timeout' });
    const waiting = askSandbox(sandbox, '/accounts');
    sandbox.close();
    await waiting;
    expect(sandbox.state.requests).toMatchObject([{ operation: 'listAccounts', status: null }]);
  });
});

describe('the request log', () => {
  it('tells operation, target and status, and no secret', async () => {
    const sandbox = start();
    await askSandbox(sandbox, '/accounts/account-1/activities', { startDate: '2026-11-01' });
    expect(sandbox.state.requests).toEqual([
      {
        at: '2026-11-20T22:00:00.000Z',
        operation: 'getAccountActivities',
        userId: 'user-1',
        connectionId: 'connection-1',
        accountId: 'account-1',
        query: { startDate: '2026-11-01' },
        status: 200,
      },
    ]);
  });
});
