import { afterEach, describe, expect, it, vi } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { ScenarioInput } from '@/lib/local/sandbox';
import { ProviderError } from '@/lib/providers/provider';
import { account, connection, scenario, user } from '@/tests/support/scenario';
import {
  FRIDAY_EVENING,
  linkOf,
  refOf,
  type SnapTradeHarness,
  type SnapTradeHarnessOptions,
  startSnapTradeHarness,
} from '@/tests/support/snaptrade-harness';

const AUTUMN = { from: toDate('2026-09-01'), to: toDate('2026-11-20') };

let harness: SnapTradeHarness | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await harness?.sandbox.close();
  harness = undefined;
});

async function start(
  document: ScenarioInput,
  options: SnapTradeHarnessOptions = {},
): Promise<SnapTradeHarness> {
  harness = await startSnapTradeHarness(document, options);
  return harness;
}

async function readOnlyAccount({ provider }: SnapTradeHarness, isLive = true) {
  const { accounts } = await provider.currentValues(linkOf(), isLive);
  expect(accounts).toHaveLength(1);
  return accounts[0];
}

async function catchError(call: Promise<unknown>): Promise<ProviderError> {
  const error: unknown = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ProviderError) return error;
  throw new Error(`expected a ProviderError, got ${String(error)}`);
}

describe('current values', () => {
  it('a realtime connection is as of the call, whatever the time of its daily reading', async () => {
    const only = await readOnlyAccount(await start(scenario()));
    expect(only).toEqual({
      externalId: 'account-1',
      institutionAccountId: 'at-broker-account-1',
      name: 'Brokerage account',
      institution: 'Sandbox Brokerage',
      category: 'investment',
      isPaper: false,
      isOpen: true,
      total: '10000',
      cash: null,
      costBasis: null,
      currency: 'USD',
      asOf: FRIDAY_EVENING,
      movementsCollected: true,
    });
  });

  it('the time that SnapTrade gives with a live answer is the one of its daily reading', async () => {
    const only = await readOnlyAccount(await start(scenario()), false);
    expect(only).toMatchObject({ total: '10000', asOf: '2026-11-20T05:00:00.000Z' });
  });

  it('a daily connection is as of its last sync, which may be the evening before', async () => {
    const only = await readOnlyAccount(
      await start(scenario({ connection: { dataFreshness: 'daily', syncTime: '22:15' } })),
      false,
    );
    expect(only?.asOf).toBe('2026-11-19T22:15:00.000Z');
  });

  it('a broken connection repeats the state of the hour in which it broke', async () => {
    const disabledSince = '2026-11-12T18:00:00.000Z';
    const { provider } = await start(scenario({ connection: { disabledSince } }));
    expect((await provider.currentValues(linkOf(), false)).accounts[0]?.asOf).toBe(disabledSince);
    expect(await provider.connectionHealth(linkOf())).toEqual({
      broken: true,
      brokenSince: disabledSince,
      freshness: 'realtime',
    });
  });

  it('credit lines, paper accounts and closed accounts are told apart', async () => {
    const { provider } = await start(
      scenario({
        accounts: [
          account({ id: 'loan', category: 'LOC' }),
          account({ id: 'bank', category: 'DEPOSIT' }),
          account({ id: 'unsaid', category: null }),
          account({ id: 'paper', isPaper: true }),
          account({ id: 'closed', status: 'closed' }),
        ],
      }),
    );
    const { accounts } = await provider.currentValues(linkOf(), true);
    expect(
      accounts.map(({ externalId, category, isPaper, isOpen }) => [externalId, category, isPaper, isOpen]),
    ).toEqual([
      ['loan', 'credit', false, true],
      ['bank', 'deposit', false, true],
      ['unsaid', 'investment', false, true],
      ['paper', 'investment', true, true],
      ['closed', 'investment', false, false],
    ]);
  });

  it('an account that the broker was not yet read for has no total', async () => {
    const fresh = account({ openedOn: '2026-11-20', flows: [] });
    const only = await readOnlyAccount(
      await start(scenario({ accounts: [fresh] }), { now: '2026-11-20T16:00:00Z' }),
    );
    expect(only).toMatchObject({ total: null });
  });
});

describe('value history', () => {
  const withoutHistory = { accounts: [account({ historyEnabled: false })] };

  it('a customer without balanceHistory is told so, with one request', async () => {
    const { provider, sandbox } = await start(scenario(withoutHistory));
    const history = await provider.valueHistory(linkOf(), refOf(), AUTUMN);
    expect(history).toEqual({ available: false, reason: 'feature_not_enabled' });
    expect(sandbox.state.requests).toHaveLength(1);
  });

  it('the retired reporting call steps in where it is switched on and still answers', async () => {
    const document = scenario({ ...withoutHistory, legacyReporting: 'on' });
    const { provider } = await start(document, { legacyReporting: true });
    const history = await provider.valueHistory(linkOf(), refOf(), AUTUMN);
    const sessions = tradingSessions(AUTUMN.from, AUTUMN.to).map(({ date }) => ({ date, total: '10000' }));
    expect(history).toEqual({ available: true, value: { currency: 'USD', values: sessions } });
  });

  it('a reporting answer of zeros is handed on as it is, for others to judge', async () => {
    const document = scenario({ ...withoutHistory, legacyReporting: 'mostly_zeros' });
    const { provider } = await start(document, { legacyReporting: true });
    const history = await provider.valueHistory(linkOf(), refOf(), AUTUMN);
    const values = history.available ? history.value.values : [];
    expect(values.filter(({ total }) => total === '0')).toHaveLength(values.length - 1);
    expect(values.at(-1)).toEqual({ date: '2026-11-20', total: '14000' });
  });

  it('where both calls are lacking, the reason is the one that can still be changed', async () => {
    const { provider } = await start(scenario(withoutHistory), { legacyReporting: true });
    const history = await provider.valueHistory(linkOf(), refOf(), AUTUMN);
    expect(history).toEqual({ available: false, reason: 'feature_not_enabled' });
  });

  it('a day that the broker lacks is left out, and a restated day has its new value', async () => {
    const overrides = { '2026-11-18': null, '2026-11-19': '9876.54' };
    const { provider } = await start(scenario({ accounts: [account({ overrides })] }));
    const range = { from: toDate('2026-11-17'), to: toDate('2026-11-20') };
    expect(await provider.valueHistory(linkOf(), refOf(), range)).toEqual({
      available: true,
      value: {
        currency: 'USD',
        values: [
          { date: '2026-11-17', total: '10000' },
          { date: '2026-11-19', total: '9876.54' },
          { date: '2026-11-20', total: '10000' },
        ],
      },
    });
  });
});

describe('cash flows', () => {
  it('are no statement before SnapTrade is through with its first reading of them, and are not asked for', async () => {
    const collecting = account({ movementsCollectedAt: '2026-11-20T22:01:00Z' });
    const { provider, sandbox } = await start(scenario({ accounts: [collecting] }));
    const { accounts } = await provider.currentValues(linkOf(), true);
    expect(accounts).toMatchObject([{ movementsCollected: false }]);
    sandbox.state.clearRequests();

    expect(await provider.cashFlows(linkOf(), refOf(), AUTUMN)).toEqual({
      available: true,
      value: { isComplete: false, rows: [] },
    });
    expect(sandbox.state.requests.map(({ operation }) => operation)).toEqual(['getAccount']);

    sandbox.state.pinClock(toInstant('2026-11-20T22:01:00Z'));
    expect(await provider.cashFlows(linkOf(), refOf(), AUTUMN)).toMatchObject({
      value: { isComplete: true },
    });
  });

  it('that are known to be collected cost one request', async () => {
    const { provider, sandbox } = await start(scenario());
    await provider.cashFlows(linkOf(), { ...refOf(), movementsCollected: true }, AUTUMN);
    expect(sandbox.state.requests.map(({ operation }) => operation)).toEqual(['getAccountActivities']);
  });

  it('the thousand-and-first row is on the second page and is not lost', async () => {
    const flows = Array.from({ length: 1001 }, (_, index) => ({
      date: tradingSessions('2026-09-01', '2026-11-13')[index % 50]?.date ?? '',
      amount: '1.25',
      type: 'CONTRIBUTION' as const,
    }));
    const { provider, sandbox } = await start(scenario({ accounts: [account({ flows })] }));
    const collected = { ...refOf(), movementsCollected: true };
    const answer = await provider.cashFlows(linkOf(), collected, AUTUMN);
    expect(answer.available && answer.value.rows).toHaveLength(1001);
    expect(sandbox.state.requests.map(({ query }) => [query.offset, query.limit])).toEqual([
      ['0', '1000'],
      ['1000', '1000'],
    ]);
  });

  it('rows outlive the ids of the provider, which change when it processes them anew', async () => {
    const flows = [
      { date: '2026-10-01', amount: '100', type: 'CONTRIBUTION' as const },
      { date: '2026-10-01', amount: '100', type: 'CONTRIBUTION' as const },
      { date: '2026-10-02', amount: '5', type: 'DIVIDEND' as const, externalReferenceId: 'ref-1' },
      { date: '2026-10-02', amount: '-1', type: 'TAX' as const, externalReferenceId: 'ref-1' },
    ];
    const { provider, sandbox } = await start(scenario({ accounts: [account({ flows })] }));
    const readRows = async () => {
      const answer = await provider.cashFlows(linkOf(), refOf(), AUTUMN);
      return answer.available ? answer.value.rows : [];
    };
    const rows = await readRows();
    expect(rows).toHaveLength(4);
    sandbox.state.pinClock(toInstant('2026-11-21T22:00:00Z'));
    expect(await readRows()).toEqual(rows);
  });

  it('the buys that a deposit pays for move nothing across the total', async () => {
    const { provider } = await start(
      scenario({
        accounts: [
          account({
            investedShare: 0.8,
            flows: [{ date: '2026-10-01', amount: '100', type: 'CONTRIBUTION' }],
          }),
        ],
      }),
    );
    const answer = await provider.cashFlows(linkOf(), refOf(), AUTUMN);
    const rows = answer.available ? answer.value.rows : [];
    expect(rows.map(({ kind, amount, date }) => ({ kind, amount, date }))).toEqual([
      { kind: 'other', amount: '-80', date: '2026-10-01' },
      { kind: 'deposit', amount: '100', date: '2026-10-01' },
    ]);
  });
});

describe('refusals', () => {
  it('a rate limit is told at once with the seconds of the header, and the SDK neither waits nor prints', async () => {
    const printed = vi.spyOn(console, 'log');
    let wallClockMs = 0;
    const { provider, sandbox } = await start(scenario({ rateLimitPerMinute: 1 }), {
      readWallClockMs: () => wallClockMs,
    });
    await provider.currentValues(linkOf(), true);
    wallClockMs = 18_000;
    const error = await catchError(provider.currentValues(linkOf(), true));
    expect(error).toMatchObject({ kind: 'rate_limited', retryAfterMs: 42_000 });
    expect(sandbox.state.requests).toHaveLength(2);
    expect(printed).not.toHaveBeenCalled();
  });

  it('wrong keys of ours are told as ours, and nobody is asked to link anew', async () => {
    const { provider } = await start(scenario(), { consumerKey: 'another-key' });
    const error = await catchError(provider.currentValues(linkOf(), true));
    expect(error).toMatchObject({
      kind: 'keys_refused',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(error.message).toContain('consumer key');
  });

  it('a client id that SnapTrade does not know is told as ours too, although the refusal is that of an unknown user', async () => {
    const { provider, sandbox } = await start(scenario(), { clientId: 'ANOTHER-CLIENT' });
    expect((await catchError(provider.currentValues(linkOf(), true))).kind).toBe('keys_refused');
    expect(sandbox.state.requests.map(({ operation, status }) => `${operation} ${status}`)).toEqual([
      'listConnectionAccounts 401',
      'getPartnerInfo 401',
    ]);
  });

  it('a user’s refusal is no reason to link anew while it is not known whether our keys are right', async () => {
    const { provider, sandbox } = await start(scenario());
    const link = { externalId: 'connection-1', credentials: { userId: 'user-1', userSecret: 'an-old-one' } };
    expect((await catchError(provider.currentValues(link, true))).kind).toBe('needs_reconnect');
    sandbox.state.faults.add({
      id: 'outage',
      match: { operation: 'getPartnerInfo' },
      effect: { type: 'status', status: 503 },
    });
    expect((await catchError(provider.currentValues(link, true))).kind).toBe('unavailable');
  });

  it('keys and ids with unusual characters are signed as the far end verifies them', async () => {
    const consumerKey = 'kéy with spaces/+=&"';
    const userId = 'user +&é';
    const document = scenario({ users: [user({ userId })] });
    const { provider } = await start(document, { consumerKey, sandboxConsumerKey: consumerKey });
    const values = await provider.currentValues(linkOf('connection-1', userId), true);
    expect(values.accounts).toHaveLength(1);
  });

  it('an unknown connection asks for a new link', async () => {
    const { provider } = await start(scenario());
    const error = await catchError(provider.connectionHealth(linkOf('no-such-connection')));
    expect(error.kind).toBe('needs_reconnect');
  });

  it('a page that something in between wrote is an outage, not a reason to link anew', async () => {
    const notFromSnapTrade = { type: 'status', status: 401, code: null } as const;
    const { provider } = await start(scenario({ faults: [{ id: 'proxy', effect: notFromSnapTrade }] }));
    expect((await catchError(provider.currentValues(linkOf(), true))).kind).toBe('unavailable');
  });

  it('a far end that is not there is an outage', async () => {
    const { provider, sandbox } = await start(scenario());
    await sandbox.close();
    harness = undefined;
    const error = await catchError(provider.currentValues(linkOf(), true));
    expect(error).toMatchObject({ kind: 'unavailable', message: expect.stringContaining('ECONNREFUSED') });
  });

  it('credentials that are none never reach the wire', async () => {
    const { provider, sandbox } = await start(scenario({ users: [user({ connections: [connection()] })] }));
    const link = { externalId: 'connection-1', credentials: { userId: 'user-1' } };
    expect((await catchError(provider.currentValues(link, true))).kind).toBe('needs_reconnect');
    expect(sandbox.state.requests).toHaveLength(0);
  });
});
