import { afterEach, describe, expect, it } from 'vitest';
import { isTradingDay } from '@/lib/domain/nyse-calendar';
import { addDays, toDate } from '@/lib/domain/trading-date';
import { flowSchema } from '@/lib/local/sandbox/scenario';
import { createPlaidLinking } from '@/lib/providers/plaid/linking';
import { createPlaidWebhookKeys } from '@/lib/providers/plaid/webhook-keys';
import {
  type PlaidHarness,
  plaidItem,
  plaidKeys,
  plaidLinkOf,
  startPlaidHarness,
} from '../support/plaid-harness';
import { account } from '../support/scenario';
import { refOf } from '../support/snaptrade-harness';

let opened: PlaidHarness | null = null;
afterEach(async () => {
  await opened?.sandbox.close();
  opened = null;
});

const open = async (...given: Parameters<typeof startPlaidHarness>): Promise<PlaidHarness> => {
  opened = await startPlaidHarness(...given);
  return opened;
};

const DEPOSIT = { date: '2025-01-02', amount: '10000', type: 'CONTRIBUTION' } as const;
const INVESTED = account({ id: 'plaid-1', investedShare: 0.5, flows: [DEPOSIT] });
const RANGE = { from: toDate('2025-01-01'), to: toDate('2026-11-20') };

const readOne = async ({ provider }: PlaidHarness) =>
  (await provider.currentValues(plaidLinkOf(), false)).accounts[0];
const flowsOf = async ({ provider }: PlaidHarness, ref = refOf('plaid-1'), range = RANGE) => {
  const flows = await provider.cashFlows(plaidLinkOf(), ref, range);
  if (!flows.available) throw new Error('Plaid always has transactions');
  return flows.value;
};

describe('a value at Plaid', () => {
  it('belongs to the session of its price, not to the question', async () => {
    // Read in mid-session: the price is of today, and no close.
    const harness = await open([plaidItem({ accounts: [INVESTED], syncTime: '18:00' })]);
    expect(await readOne(harness)).toMatchObject({ asOf: '2026-11-20T18:00:00.000Z' });
    // Read before the session: the price is yesterday's close, whatever time it is by now.
    await harness.sandbox.close();
    const early = await open([plaidItem({ accounts: [INVESTED], syncTime: '12:00' })]);
    expect(await readOne(early)).toMatchObject({ asOf: '2026-11-19T21:00:00.000Z' });
  });

  it.each([
    { what: 'shares and cash', held: INVESTED },
    { what: 'cash alone', held: account({ id: 'plaid-1', investedShare: 0, flows: [DEPOSIT] }) },
  ])('of $what is as old as Plaid’s last reading while the institution does not answer', async ({ held }) => {
    const harness = await open([plaidItem({ accounts: [held], unreadSince: '2026-11-19T23:00:00.000Z' })]);
    expect((await readOne(harness))?.asOf?.slice(0, 10)).toBe('2026-11-19');
  });

  it('is the close also where no close comes with the security, at the cost of one more question', async () => {
    const harness = await open([plaidItem({ accounts: [INVESTED], closePrices: false })]);
    expect(await readOne(harness)).toMatchObject({ asOf: '2026-11-20T21:00:00.000Z' });
    expect(harness.sandbox.state.requests.map(({ operation }) => operation)).toEqual([
      'plaidHoldings',
      'plaidItem',
    ]);
  });

  it('comes with the cash accounts of the same login', async () => {
    const cash = account({ id: 'cash', category: 'DEPOSIT', instrument: null, flows: [DEPOSIT] });
    const { provider } = await open([plaidItem({ accounts: [INVESTED, cash] })]);
    expect((await provider.currentValues(plaidLinkOf(), false)).accounts).toMatchObject([
      { externalId: 'plaid-1', category: 'investment' },
      { externalId: 'cash', category: 'deposit', total: '10000', asOf: '2026-11-20T21:30:00.000Z' },
    ]);
  });

  it('is put together where the institution shows no total', async () => {
    const whole = await readOne(await open([plaidItem({ accounts: [INVESTED] })]));
    await opened?.sandbox.close();
    const parts = await open([plaidItem({ accounts: [{ ...INVESTED, totalReported: false }] })]);
    expect(await readOne(parts)).toEqual(whole);
  });
});

describe('the transactions of a new login', () => {
  const NEW = { createdAt: '2026-11-20T21:00:00Z', historyReadyAt: '2026-11-21T02:00:00Z' } as const;
  const ago = (days: number) => addDays(toDate('2026-11-20'), -days);
  const accounts = [
    account({
      id: 'plaid-1',
      flows: [
        DEPOSIT,
        { date: ago(400), amount: '500', type: 'CONTRIBUTION' },
        { date: ago(9), amount: '70', type: 'CONTRIBUTION' },
      ],
      instrument: null,
    }),
  ];

  it('are not complete while Plaid says that they are not ready', async () => {
    const harness = await open([plaidItem({ ...NEW, accounts })]);
    expect(await flowsOf(harness)).toEqual({ isComplete: false, rows: [] });
  });

  it('nor while there are those of the last 30 days alone, which look as if they were all', async () => {
    const harness = await open([plaidItem({ ...NEW, accounts, historyBefore: 'last_30_days' })]);
    expect(await flowsOf(harness)).toMatchObject({ isComplete: false, rows: [{ amount: '70' }] });
  });

  it('are complete once the item names the event of it as its newest, or that is known of the account', async () => {
    const ready = { ...NEW, historyReadyAt: '2026-11-20T21:10:00Z', accounts };
    const named = await open([plaidItem({ ...ready, lastWebhook: 'HISTORICAL_UPDATE' })]);
    expect(await flowsOf(named)).toMatchObject({ isComplete: true, rows: [{}, {}, {}] });
    await named.sandbox.close();
    const unnamed = await open([plaidItem({ ...ready, lastWebhook: 'DEFAULT_UPDATE' })]);
    expect(await flowsOf(unnamed)).toMatchObject({ isComplete: false });
    const known = { ...refOf('plaid-1'), movementsCollected: true };
    expect(await flowsOf(unnamed, known)).toMatchObject({ isComplete: true, rows: [{}, {}, {}] });
  });

  it('are complete after a day, if nobody was told of it', async () => {
    const harness = await open([plaidItem({ ...NEW, accounts })], { now: '2026-11-21T22:00:00.000Z' });
    expect(await flowsOf(harness)).toMatchObject({ isComplete: true });
  });
});

describe('the pages of transactions', () => {
  const first = toDate('2025-01-06');
  const days = Array.from({ length: 640 }, (_, day) => addDays(first, day)).filter((day) =>
    isTradingDay(day),
  );
  const dividends = [...days, ...days].map((date) => ({ date, amount: '0.25', type: 'DIVIDEND' as const }));
  const accounts = [account({ id: 'plaid-1', instrument: null, flows: [DEPOSIT, ...dividends] })];

  it('are read one after the other, of one account and of no more than 24 months', async () => {
    const harness = await open([plaidItem({ accounts: [...accounts, account({ id: 'other' })] })]);
    const { rows } = await flowsOf(harness, refOf('plaid-1'), { from: toDate('2020-01-01'), to: RANGE.to });
    expect(rows.filter(({ kind }) => kind === 'dividend')).toHaveLength(dividends.length);
    expect(new Set(rows.map(({ reference }) => reference)).size).toBe(rows.length);
  });

  it('are read once more from the start when a row comes in between, and never twice or missed', async () => {
    let isChanged = false;
    const harness = await open([plaidItem({ accounts })], {
      onPass: ({ state }, passes) => {
        const [item] = state.scenario.plaidItems;
        // The item, the first page, and before the second page there is another row.
        if (passes !== 3 || item === undefined || isChanged) return;
        isChanged = true;
        const [own] = item.accounts;
        if (own === undefined) return;
        const late = flowSchema.parse({ date: '2026-11-18', amount: '9.5', type: 'DIVIDEND' });
        state.putPlaidItem({
          ...item,
          accounts: [{ ...own, flows: [...own.flows, late] }],
        });
      },
    });
    const { rows } = await flowsOf(harness);
    expect(isChanged).toBe(true);
    expect(rows.filter(({ kind }) => kind === 'dividend')).toHaveLength(dividends.length + 1);
    expect(new Set(rows.map(({ reference }) => reference)).size).toBe(rows.length);
  });
});

describe('a refusal of Plaid', () => {
  it.each([
    [400, 'ITEM_LOGIN_REQUIRED', 'needs_reconnect'],
    [400, 'INVALID_ACCESS_TOKEN', 'needs_reconnect'],
    [400, 'ITEM_NOT_FOUND', 'needs_reconnect'],
    [400, 'USER_SETUP_REQUIRED', 'needs_reconnect'],
    [400, 'PRODUCT_NOT_READY', 'unavailable'],
    [400, 'INSTITUTION_DOWN', 'unavailable'],
    [400, 'INSTITUTION_NOT_RESPONDING', 'unavailable'],
    [400, 'INVALID_FIELD', 'bad_data'],
    [400, 'INVALID_API_KEYS', 'keys_refused'],
    [400, 'INVALID_PRODUCT', 'keys_refused'],
    [429, 'INVESTMENT_HOLDINGS_GET_LIMIT', 'rate_limited'],
    [500, 'INTERNAL_SERVER_ERROR', 'unavailable'],
    // A page that Plaid did not write says nothing about the login or our keys.
    [400, null, 'unavailable'],
    [401, null, 'unavailable'],
  ] as const)('with status %i and code %s is %s', async (status, code, kind) => {
    const effect = { type: 'status' as const, status, code };
    const { provider } = await open([plaidItem()], { faults: [{ id: 'refusal', effect }] });
    await expect(provider.currentValues(plaidLinkOf(), false)).rejects.toMatchObject({ kind });
  });

  it('of our own keys is no user’s', async () => {
    const { provider } = await open([plaidItem()], { secret: 'wrong' });
    await expect(provider.connectionHealth(plaidLinkOf())).rejects.toMatchObject({ kind: 'keys_refused' });
  });
});

describe('linking at Plaid', () => {
  const linkingOf = ({ sandbox }: PlaidHarness) =>
    createPlaidLinking({
      ...plaidKeys(sandbox.url),
      countries: ['US', 'CA'],
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    });
  const REQUEST = {
    userId: 'user-1',
    returnTo: 'https://app.example/connections/return/plaid',
    eventsTo: 'https://app.example/api/webhooks/plaid',
    reconnect: null,
  };
  const choose = async (url: string, fields: Readonly<Record<string, string>>) => {
    const body = new FormData();
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
    await answer.arrayBuffer();
    return answer.headers.get('location');
  };

  it('leads to a page of Plaid, and a login that was linked there is handed out once', async () => {
    const harness = await open([]);
    const linking = linkingOf(harness);
    const { url, session } = await linking.openSession(REQUEST);
    expect(await linking.sessionOutcome(session, null)).toEqual({ state: 'open' });
    expect(await choose(url, { choice: 'link', broker: 'ins_900001' })).toBe(REQUEST.returnTo);
    const outcome = await linking.sessionOutcome(session, null);
    expect(outcome).toMatchObject({
      state: 'linked',
      login: { institution: 'Evergreen Investments', broken: false },
    });
    await expect(linking.sessionOutcome(session, null)).rejects.toMatchObject({ kind: 'bad_data' });
    const [item] = harness.sandbox.state.scenario.plaidItems;
    expect(item).toMatchObject({ webhook: REQUEST.eventsTo, accounts: [{}, {}] });
  });

  it.each([
    [{ choice: 'leave' }, null],
    [{ choice: 'fail', error: 'INVALID_CREDENTIALS' }, 'INVALID_CREDENTIALS'],
    [{ choice: 'fail', error: 'INSTITUTION_NOT_RESPONDING' }, 'INSTITUTION_NOT_RESPONDING'],
    [{ choice: 'fail', error: 'INSTITUTION_NOT_FOUND' }, 'INSTITUTION_NOT_FOUND'],
  ])('that ended with %o says why', async (choice, code) => {
    const linking = linkingOf(await open([]));
    const { url, session } = await linking.openSession(REQUEST);
    await choose(url, choice);
    expect(await linking.sessionOutcome(session, null)).toEqual({ state: 'left', code });
  });

  it('lets a broken login work again under its own id, and says when it does not', async () => {
    const harness = await open([plaidItem({ disabledSince: '2026-11-10T15:00:00Z' })]);
    const linking = linkingOf(harness);
    const { url, session } = await linking.openSession({ ...REQUEST, reconnect: plaidLinkOf() });
    expect(await linking.sessionOutcome(session, plaidLinkOf())).toEqual({ state: 'open' });
    await choose(url, { choice: 'link' });
    expect(await linking.sessionOutcome(session, plaidLinkOf())).toMatchObject({
      state: 'linked',
      login: { externalId: 'item-1', credentials: plaidLinkOf().credentials },
    });
  });

  it('can be taken back, once and twice', async () => {
    const harness = await open([plaidItem()]);
    const linking = linkingOf(harness);
    await linking.deleteConnection(plaidLinkOf());
    await linking.deleteConnection(plaidLinkOf());
    expect(harness.sandbox.state.scenario.plaidItems).toMatchObject([{ isRemoved: true }]);
    await expect(harness.provider.currentValues(plaidLinkOf(), false)).rejects.toMatchObject({
      kind: 'needs_reconnect',
    });
  });

  it('the keys of its signatures are read by their ids', async () => {
    const { sandbox } = await open([]);
    const read = createPlaidWebhookKeys({
      ...plaidKeys(sandbox.url),
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    });
    expect(await read('key-of-the-sandbox')).toMatchObject({ kty: 'EC', crv: 'P-256' });
    expect(await read('another')).toBeNull();
  });
});
