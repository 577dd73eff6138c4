import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, asked, ended, flow, liveValue, reconstructed, value } from '../support/fill-fixture';
import { linkReader, readHistory } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const values = (...days: readonly string[]) => days.map((day) => value('account', day, '100'));

describe('the document', () => {
  test('of a user who has linked nothing is empty, not an error', async () => {
    const user = await stack.createUser();
    expect(await readHistory(user)).toEqual({
      currency: 'USD',
      dataNotice: null,
      knownFrom: null,
      from: '2026-11-16',
      to: '2026-11-20',
      points: [],
      gaps: [],
      live: null,
      flows: { external: [], provisional: false, unknown: [] },
      coverage: {
        presentDays: 0,
        missingDays: 0,
        byKind: { daily_eod: 0, reconstructed: 0, estimated: 0 },
      },
      corrections: [],
      accounts: [],
      connections: [],
    });
  });

  test('says of each point what it is worth, how that is known, and since when', async () => {
    const { record, read, connectionId } = await linkReader(stack, {
      accounts: ['isa', 'margin'],
      currency: 'USD',
      dataNotice: 'Simulated values.',
      institution: 'Sandbox Brokerage',
    });
    await record({
      observations: [
        reconstructed('isa', '2026-11-18', '90071992547409930.10'),
        reconstructed('margin', '2026-11-18', '0.2'),
        value('isa', '2026-11-19', '100'),
        value('margin', '2026-11-19', '-20'),
        value('isa', '2026-11-20', '100'),
      ],
      outcomes: [asked('margin', '2026-11-20')],
    });
    const history = await read();
    expect(history.accounts).toMatchObject([
      {
        name: 'isa',
        brokenSince: null,
        first: { date: '2026-11-18', value: '90071992547409930.1' },
        last: { date: '2026-11-20', value: '100' },
      },
      {
        name: 'margin',
        first: { date: '2026-11-18', value: '0.2' },
        last: { date: '2026-11-19', value: '-20' },
      },
    ]);
    expect(history.points).toMatchObject([
      { date: '2026-11-18', value: '90071992547409930.3', kind: 'reconstructed', source: 'snaptrade' },
      {
        date: '2026-11-19',
        value: '80',
        kind: 'daily_eod',
        accountsExpected: 2,
        accountsPresent: 2,
        carried: [],
      },
      {
        date: '2026-11-20',
        value: '80',
        kind: 'estimated',
        accountsExpected: 2,
        accountsPresent: 1,
        carried: [{ name: 'margin', from: '2026-11-19' }],
      },
    ]);
    expect(history.points.map((point) => new Date(point.asOf).toISOString())).toEqual([
      '2026-11-18T21:00:00.000Z',
      '2026-11-19T21:30:00.000Z',
      '2026-11-19T21:30:00.000Z',
    ]);
    expect(history).toMatchObject({
      currency: 'USD',
      dataNotice: 'Simulated values.',
      coverage: { presentDays: 3, missingDays: 2, byKind: { daily_eod: 1, reconstructed: 1, estimated: 1 } },
      connections: [{ id: connectionId, institution: 'Sandbox Brokerage', status: 'active' }],
    });
  });

  test('without a first day begins where the accounts became known', async () => {
    const { record, read } = await linkReader(stack, { since: '2026-11-18' });
    await record({ observations: values('2026-11-12') });
    expect(await read({ from: null })).toMatchObject({
      knownFrom: '2026-11-12',
      from: '2026-11-12',
      to: '2026-11-20',
    });
  });

  test('has one point per day, whatever kinds were ever concluded for it', async () => {
    const { record, read } = await linkReader(stack);
    await record({ observations: [value('account', '2026-11-19', '90', { kind: 'estimated' })] });
    await record({ observations: [reconstructed('account', '2026-11-19', '95')] });
    await record({ observations: [value('account', '2026-11-19', '100')] });
    expect((await read()).points).toMatchObject([{ value: '100', kind: 'daily_eod' }]);
  });
});

describe('corrections', () => {
  test('are of the days of the range, newest change first, and not of a selection, which nobody published', async () => {
    const { record, read } = await linkReader(stack);
    await record({ observations: values('2026-11-16', '2026-11-18', '2026-11-19') });
    for (const [day, total] of [
      ['2026-11-16', '1'],
      ['2026-11-19', '101'],
      ['2026-11-18', '102'],
    ] as const)
      await record({ observations: [value('account', day, total, { asOf: `${day}T21:50:00Z` })] });
    const { corrections, accounts } = await read({ from: '2026-11-17' });
    expect(corrections).toMatchObject([
      { date: '2026-11-18', oldValue: '100', newValue: '102', reason: 'restated' },
      { date: '2026-11-19', oldValue: '100', newValue: '101', reason: 'restated' },
    ]);
    const all = accounts.map(({ id }) => id);
    expect(await read({ from: '2026-11-17', accountIds: all })).toMatchObject({ corrections: [] });
  });
});

describe('the live value', () => {
  test('is there only when every open account has one', async () => {
    const { record, read } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({ live: [liveValue('isa', '0.1')] });
    expect((await read()).live).toBeNull();
    await record({ live: [liveValue('margin', '0.2', { asOf: '2026-11-20T21:40:00Z' })] });
    expect((await read()).live).toMatchObject({ value: '0.3', source: 'snaptrade' });
  });

  test('is as old as its oldest part', async () => {
    const { record, read } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({
      live: [liveValue('isa', '1'), liveValue('margin', '2', { asOf: '2026-11-20T15:00:00Z' })],
    });
    expect(new Date((await read()).live?.asOf ?? '').toISOString()).toBe('2026-11-20T15:00:00.000Z');
  });

  test('never goes back to an older one, and never mixes currencies', async () => {
    const { record, read } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({ live: [liveValue('isa', '2'), liveValue('margin', '1')] });
    await record({ live: [liveValue('isa', '9', { asOf: '2026-11-19T21:00:00Z' })] });
    expect((await read()).live).toMatchObject({ value: '3' });
    await record({ live: [liveValue('isa', '2', { currency: 'EUR', asOf: '2026-11-20T21:50:00Z' })] });
    expect((await read()).live).toBeNull();
  });

  test('adds up accounts in several currencies at the newest rate, and waits while a rate is missing', async () => {
    const { record, read } = await linkReader(stack, {
      accounts: ['isa', account('depot', { currency: 'CHF' })],
    });
    // A Friday in session: the newest rate is Thursday's, after that day's close.
    const live = { asOf: '2026-11-20T15:00:00Z' };
    await record({
      live: [liveValue('isa', '100', live), liveValue('depot', '10', { ...live, currency: 'CHF' })],
    });
    expect((await read()).live).toBeNull();
    await stack.service`
      insert into exchange_rates values
        ('CHF', 'USD', '2026-11-15', 9, 'test'), ('CHF', 'USD', '2026-11-18', 1.3, 'test'),
        ('CHF', 'USD', '2026-11-19', 1.25, 'test'), ('CHF', 'USD', '2026-11-21', 8, 'test')`;
    expect((await read()).live).toMatchObject({ value: '112.5' });
    await stack.service`delete from exchange_rates where base_currency = 'CHF' and rate_date between '2026-11-16' and '2026-11-20'`;
    expect((await read()).live).toBeNull();
  });

  test('does not wait for accounts that are closed or not counted', async () => {
    const { record, read } = await linkReader(stack, {
      accounts: ['isa', account('gone', { isOpen: false }), account('card', { category: 'credit' })],
    });
    await record({ live: [liveValue('isa', '5')] });
    expect((await read()).live).toMatchObject({ value: '5' });
  });
});

describe('flows', () => {
  test('are told by date after the first point up to the last, and only those across the border', async () => {
    const { record, read } = await linkReader(stack);
    await record({
      observations: values('2026-11-17', '2026-11-19'),
      flows: [
        flow('account', '2026-11-16', '1000'),
        flow('account', '2026-11-17', '2000'),
        flow('account', '2026-11-18', '0.1'),
        flow('account', '2026-11-19', '0.2'),
        flow('account', '2026-11-19', '-50', { type: 'withdrawal' }),
        flow('account', '2026-11-18', '7', { type: 'dividend' }),
        flow('account', '2026-11-18', '-3', { type: 'fee' }),
        flow('account', '2026-11-20', '4000'),
      ],
    });
    expect((await read()).flows.external).toEqual([
      { date: '2026-11-18', amount: '0.1' },
      { date: '2026-11-19', amount: '-49.8' },
    ]);
  });

  test('brought twice are one, and a restated one replaces the first', async () => {
    const { record, read } = await linkReader(stack);
    const deposit = flow('account', '2026-11-18', '40', { key: 'deposit-1' });
    await record({ observations: values('2026-11-17', '2026-11-19'), flows: [deposit] });
    await record({ flows: [deposit] });
    await record({ flows: [{ ...deposit, amount: '45' }] });
    expect((await read()).flows.external).toEqual([{ date: '2026-11-18', amount: '45' }]);
  });

  test('of a currency without a rate make the sum unknown, not wrong', async () => {
    const { record, read } = await linkReader(stack);
    await record({
      observations: values('2026-11-17', '2026-11-19'),
      flows: [flow('account', '2026-11-18', '40'), flow('account', '2026-11-18', '1', { currency: 'SEK' })],
    });
    expect((await read()).flows.external).toBeNull();
  });

  test('whose currency was not reported are in the account’s own', async () => {
    const { record, read } = await linkReader(stack);
    await record({
      observations: values('2026-11-17', '2026-11-19'),
      flows: [flow('account', '2026-11-18', '40', { currency: null })],
    });
    expect((await read()).flows.external).toEqual([{ date: '2026-11-18', amount: '40' }]);
  });

  test('of another currency are told in the user’s, at the rate of their day', async () => {
    const { record, read } = await linkReader(stack);
    await stack.service`insert into exchange_rates values ('CAD', 'USD', '2026-11-18', 0.7, 'test')`;
    await record({
      observations: values('2026-11-17', '2026-11-19'),
      flows: [flow('account', '2026-11-18', '40', { currency: 'CAD' })],
    });
    expect((await read()).flows.external).toEqual([{ date: '2026-11-18', amount: '28' }]);
  });

  test('between a user’s own accounts cancel out', async () => {
    const { record, read } = await linkReader(stack, { accounts: ['isa', 'margin'] });
    await record({
      observations: ['2026-11-17', '2026-11-18', '2026-11-19'].flatMap((day) => [
        value('isa', day, '100'),
        value('margin', day, '100'),
      ]),
      flows: [
        flow('isa', '2026-11-18', '-60', { type: 'transfer' }),
        flow('margin', '2026-11-18', '60', { type: 'transfer' }),
      ],
    });
    expect((await read()).flows.external).toEqual([]);
  });

  test('an account that comes into view or leaves is money that came or went, not a gain or a loss', async () => {
    const { record, read } = await linkReader(stack, { accounts: ['isa'] });
    await record({
      observations: ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19'].map((day) =>
        value('isa', day, '100'),
      ),
    });
    await record(
      {
        accounts: [account('margin')],
        observations: ['2026-11-17', '2026-11-18'].map((day) => value('margin', day, '70')),
        flows: [flow('margin', '2026-11-17', '70')],
      },
      '2026-11-18T22:00:00Z',
    );
    await record({ reconciled: [ended('margin', '2026-11-19')] }, '2026-11-19T22:00:00Z');
    expect((await read()).flows.external).toEqual([
      { date: '2026-11-17', amount: '70' },
      { date: '2026-11-19', amount: '-70' },
    ]);
  });

  test('are provisional until they were asked for after the last point’s day', async () => {
    const { record, read } = await linkReader(stack, {
      accounts: [account('account', { flowsSynced: false })],
    });
    await record({ observations: values('2026-11-19', '2026-11-20') });
    expect((await read()).flows).toMatchObject({ provisional: true });
    await record({ accounts: [account('account')] }, '2026-11-20T23:00:00Z');
    expect((await read()).flows).toMatchObject({ provisional: true });
    await record({ accounts: [account('account')] }, '2026-11-21T01:00:00Z');
    expect((await read()).flows).toMatchObject({ provisional: false });
  });
});
