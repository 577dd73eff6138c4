import { afterEach, describe, expect, it, vi } from 'vitest';
import { isTradingDay, tradingSessions } from '@/lib/domain/nyse-calendar';
import { addDays, toDate, toInstant } from '@/lib/domain/trading-date';
import { accountValueOn } from '@/lib/local/sandbox';
import { createAlpacaProvider } from '@/lib/providers/alpaca';
import type { DateRange } from '@/lib/providers/provider';
import {
  type AlpacaHarness,
  alpacaAccount,
  alpacaLinkOf,
  keysOf,
  startAlpacaHarness,
} from '../support/alpaca-harness';
import { refOf } from '../support/snaptrade-harness';

let opened: AlpacaHarness | null = null;
afterEach(async () => {
  await opened?.sandbox.close();
  opened = null;
});

const open = async (...given: Parameters<typeof startAlpacaHarness>): Promise<AlpacaHarness> => {
  opened = await startAlpacaHarness(...given);
  return opened;
};

const MOVING = { investedShare: 1 } as const;
const between = (from: string, to: string): DateRange => ({ from: toDate(from), to: toDate(to) });

async function historyOf({ provider }: AlpacaHarness, range: DateRange) {
  const history = await provider.valueHistory(alpacaLinkOf(), refOf('alpaca-1', null), range);
  if (!history.available) throw new Error('Alpaca always has a history');
  return history.value;
}

/** What the account was worth on every session of a range, by the scenario itself. */
function truthOf({ sandbox }: AlpacaHarness, { from, to }: DateRange) {
  const [account] = sandbox.state.scenario.alpacaAccounts;
  if (account === undefined) throw new Error('the scenario has no account');
  return tradingSessions(from, to).map(({ date }) => ({
    date,
    total: accountValueOn(account, date, sandbox.state.market),
  }));
}

describe('the history of an account at Alpaca', () => {
  it.each([
    ['to summer time', '2026-03-02', '2026-03-13'],
    ['to winter time', '2026-10-26', '2026-11-06'],
  ])('gives each value to its session on both sides of the change %s', async (_, from, to) => {
    const harness = await open([alpacaAccount(MOVING)]);
    const { values, currency } = await historyOf(harness, between(from, to));
    expect(values).toHaveLength(10);
    expect(values).toEqual(truthOf(harness, between(from, to)));
    expect(currency).toBe('USD');
  });

  it('begins with the first money, however long the account was open before', async () => {
    const flows = [{ date: '2026-09-08', amount: '1000', type: 'CONTRIBUTION' as const }];
    const harness = await open([alpacaAccount({ openedOn: '2026-08-03', flows })]);
    const { values } = await historyOf(harness, between('2026-08-03', '2026-09-09'));
    expect(values).toEqual([
      { date: '2026-09-08', total: '1000' },
      { date: '2026-09-09', total: '1000' },
    ]);
  });

  it('keeps the zeros of an account that was emptied, also where the range begins with them', async () => {
    const flows = [
      { date: '2026-08-03', amount: '1000', type: 'CONTRIBUTION' as const },
      { date: '2026-09-08', amount: 'everything' as const, type: 'WITHDRAWAL' as const },
    ];
    const harness = await open([alpacaAccount({ openedOn: '2026-08-03', flows })]);
    expect((await historyOf(harness, between('2026-09-10', '2026-09-11'))).values).toEqual([
      { date: '2026-09-10', total: '0' },
      { date: '2026-09-11', total: '0' },
    ]);
  });

  it('leaves out a day without a value, and no other', async () => {
    const harness = await open([alpacaAccount({ ...MOVING, overrides: { '2026-11-17': null } })]);
    const { values } = await historyOf(harness, between('2026-11-16', '2026-11-18'));
    expect(values.map(({ date }) => date)).toEqual(['2026-11-16', '2026-11-18']);
  });

  it('does not believe a newest day that repeats the one before until the next session opens', async () => {
    const range = between('2026-11-18', '2026-11-20');
    const harness = await open([alpacaAccount({ ...MOVING, repeatsNewest: true })], {
      now: '2026-11-21T02:00:00.000Z',
    });
    expect((await historyOf(harness, range)).values).toEqual(truthOf(harness, range).slice(0, 2));
    harness.sandbox.state.pinClock(toInstant('2026-11-23T14:31:00Z'));
    expect((await historyOf(harness, range)).values).toEqual(truthOf(harness, range));
  });

  it('has no close of a session under way', async () => {
    const harness = await open([alpacaAccount(MOVING)], { now: '2026-11-20T18:00:00.000Z' });
    const { values } = await historyOf(harness, between('2026-11-18', '2026-11-20'));
    expect(values.map(({ date }) => date)).toEqual(['2026-11-18', '2026-11-19']);
  });

  it('of an account without a day yet is empty', async () => {
    const flows: [] = [];
    const harness = await open([alpacaAccount({ openedOn: '2026-11-20', flows })]);
    expect((await historyOf(harness, between('2026-01-02', '2026-11-20'))).values).toEqual([]);
    const younger = { openedOn: '2026-11-21', flows };
    await harness.sandbox.close();
    const later = await open([alpacaAccount(younger)], { now: '2026-11-22T12:00:00.000Z' });
    expect((await historyOf(later, between('2026-01-02', '2026-11-20'))).values).toEqual([]);
  });
});

describe('the value of an account at Alpaca', () => {
  const readOne = async ({ provider }: AlpacaHarness) => {
    const { accounts } = await provider.currentValues(alpacaLinkOf(), true);
    return accounts[0];
  };
  // What happens after the close moves the equity, and not what the account was worth at the close.
  const afterHours = {
    faults: [{ id: 'after-hours', effect: { type: 'scale' as const, factor: '1.1' } }],
  };

  it('is that of the question, in the evening and in session', async () => {
    const harness = await open([alpacaAccount()], { ...afterHours, now: '2026-11-20T22:00:00.000Z' });
    expect(await readOne(harness)).toMatchObject({
      total: '11000',
      cash: '11000',
      asOf: '2026-11-20T22:00:00.000Z',
    });
    harness.sandbox.state.pinClock(toInstant('2026-11-23T16:00:00Z'));
    expect(await readOne(harness)).toMatchObject({ total: '11000', asOf: '2026-11-23T16:00:00.000Z' });
  });

  it('is that of the close, once Alpaca has worked it out and until the next session opens', async () => {
    const harness = await open([alpacaAccount()], { ...afterHours, now: '2026-11-21T13:00:00.000Z' });
    expect(await readOne(harness)).toMatchObject({
      total: '10000',
      cash: null,
      asOf: '2026-11-21T13:00:00.000Z',
    });
  });

  it('of a closed account and of play money is told from others', async () => {
    const closed = await open([alpacaAccount({ status: 'closed' })]);
    expect(await readOne(closed)).toMatchObject({ isOpen: false, isPaper: false });
    await closed.sandbox.close();
    const paper = await open([alpacaAccount({ isPaper: true })]);
    expect(await readOne(paper)).toMatchObject({ isOpen: true, isPaper: true });
  });
});

describe('the movements of an account at Alpaca', () => {
  it('are read page by page, those of another day of creation too', async () => {
    const first = toDate('2026-01-05');
    const days = Array.from({ length: 300 }, (_, day) => addDays(first, day)).filter((day) =>
      isTradingDay(day),
    );
    const dividends = days.map((date) => ({ date, amount: '0.25', type: 'DIVIDEND' as const }));
    const harness = await open([
      alpacaAccount({ flows: [{ date: '2025-01-02', amount: '10000', type: 'CONTRIBUTION' }, ...dividends] }),
    ]);
    const range = between('2026-01-05', '2026-10-30');
    const { provider, sandbox } = harness;
    const answer = await provider.cashFlows(alpacaLinkOf(), refOf('alpaca-1'), range);
    const expected = days.filter((date) => date <= range.to);
    expect(answer).toMatchObject({ available: true, value: { isComplete: true } });
    if (!answer.available) throw new Error('Alpaca always has movements');
    expect(answer.value.rows.map(({ date }) => date)).toEqual(expected);
    expect(new Set(answer.value.rows.map(({ reference }) => reference)).size).toBe(expected.length);
    expect(sandbox.state.requests.map(({ query }) => query.page_token === undefined)).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe('a refusal of Alpaca', () => {
  it('for too many requests says how long to wait, whatever the header counts from', async () => {
    const { provider } = await open([alpacaAccount({ rateLimitPerMinute: 1 })]);
    await provider.connectionHealth(alpacaLinkOf());
    const error: unknown = await provider.connectionHealth(alpacaLinkOf()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: 'rate_limited', requestId: expect.any(String) });
    const waitMs = (error as { readonly retryAfterMs: number }).retryAfterMs;
    expect(waitMs).toBeGreaterThanOrEqual(1_000);
    expect(waitMs).toBeLessThanOrEqual(61_000);
  });

  it.each([
    [401, undefined, 'needs_reconnect'],
    [403, undefined, 'needs_reconnect'],
    [403, null, 'unavailable'],
    [404, undefined, 'unavailable'],
    [422, undefined, 'bad_data'],
    [500, undefined, 'unavailable'],
  ] as const)('with status %i (code %s) is %s', async (status, code, kind) => {
    const effect = { type: 'status' as const, status, ...(code === undefined ? {} : { code }) };
    const { provider } = await open([alpacaAccount()], { faults: [{ id: 'refusal', effect }] });
    await expect(provider.currentValues(alpacaLinkOf(), true)).rejects.toMatchObject({ kind });
  });
});

describe('keys for an account at Alpaca', () => {
  it('open their account with one request', async () => {
    const { linking, sandbox } = await open([alpacaAccount()]);
    expect(await linking.openAccount(keysOf())).toEqual({
      opened: true,
      accountId: 'alpaca-1',
      institution: 'Alpaca',
      credentials: keysOf(),
    });
    expect(sandbox.state.requests).toHaveLength(1);
  });

  it('that are wrong, revoked or without permission are told apart from a provider that is down', async () => {
    const revoked = { keyId: 'OLD', secretKey: 'old', revokedSince: '2026-11-01T00:00:00Z' };
    const barred = { keyId: 'BARRED', secretKey: 'barred', mayRead: false };
    const { linking, sandbox } = await open([alpacaAccount({ keys: [revoked, barred, keysOf()] })]);
    const refused = (keyId: string, secretKey: string) => linking.openAccount({ keyId, secretKey });
    expect(await refused('OLD', 'old')).toEqual({ opened: false, reason: 'not_accepted' });
    expect(await refused('OLD', 'mistyped')).toEqual({ opened: false, reason: 'not_accepted' });
    expect(await refused('BARRED', 'barred')).toEqual({ opened: false, reason: 'not_permitted' });
    sandbox.state.faults.add({ id: 'down', match: {}, effect: { type: 'status', status: 503 } });
    await expect(linking.openAccount(keysOf())).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('are sent to the host for live accounts where no other is named', async () => {
    const asked: string[] = [];
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (address) => {
      asked.push(String(address));
      return Response.json({ id: 'live' });
    });
    try {
      const gate = { pass: async () => {} };
      const provider = createAlpacaProvider({ timeoutMs: 1_000, gate, clock: () => new Date('2026-11-20') });
      await provider.connectionHealth(alpacaLinkOf());
    } finally {
      spy.mockRestore();
    }
    expect(asked).toEqual(['https://api.alpaca.markets/v2/account']);
  });
});
