import { describe, expect, it } from 'vitest';
import { toCurrency } from '@/lib/domain/money';
import { toDate } from '@/lib/domain/trading-date';
import {
  accountsSchema,
  balanceHistorySchema,
  reportingSchema,
  type SnapTradeAccount,
} from '@/lib/providers/snaptrade/schema';
import {
  readSyncInstant,
  toConnectionHealth,
  toProviderAccount,
  toReportedHistory,
  toValueHistory,
} from '@/lib/providers/snaptrade/transform';

const USD = toCurrency('USD');
const NOVEMBER = { from: toDate('2026-11-02'), to: toDate('2026-11-20') };

function parseAccount(parts: Record<string, unknown>): SnapTradeAccount {
  const [account] = accountsSchema.parse([{ id: 'a', institution_name: 'Broker', ...parts }]);
  if (account === undefined) throw new Error('one was given');
  return account;
}

describe('an account as SnapTrade sends it', () => {
  it.each([
    [{ balance: { total: { amount: 0, currency: 'USD' } } }, '0'],
    [{ balance: { total: { amount: -120.5, currency: 'USD' } } }, '-120.5'],
    [{ balance: { total: { amount: 0.1, currency: 'USD' } } }, '0.1'],
    [{ balance: { total: { amount: 15363.23, currency: 'USD' } } }, '15363.23'],
    [{ balance: { total: { amount: '15363.2300', currency: 'USD' } } }, '15363.23'],
    [{ balance: { total: { amount: '1,234,567.80', currency: 'USD' } } }, '1234567.8'],
    [{ balance: { total: { amount: 'n/a', currency: 'USD' } } }, null],
    [{ balance: { total: null } }, null],
    [{ balance: { total: { amount: null, currency: 'USD' } } }, null],
    [{ balance: null }, null],
    [{}, null],
  ])('%j has the total %s', (parts, total) => {
    expect(toProviderAccount(parseAccount(parts), null).total).toBe(total);
  });

  it('has no total before the first sync is through, even if one is given', () => {
    const parts = {
      balance: { total: { amount: 0, currency: 'USD' } },
      sync_status: { holdings: { initial_sync_completed: false, last_successful_sync: null } },
    };
    expect(toProviderAccount(parseAccount(parts), null)).toMatchObject({ total: null, asOf: null });
  });

  it('of a category that nobody knows is of none, and costs no other account', () => {
    const good = { id: 'good', institution_name: 'Broker' };
    const odd = { id: 'odd', institution_name: 'Broker', account_category: 'MORTGAGE' };
    const accounts = accountsSchema.parse([odd, good]).map((one) => toProviderAccount(one, null));
    expect(accounts.map(({ externalId, category }) => [externalId, category])).toEqual([
      ['odd', null],
      ['good', 'investment'],
    ]);
  });

  it.each(['', '  ', '****1234', '0000', 'xxxx-9'])(
    'with the institution’s id %j has none',
    (institution_account_id) => {
      expect(
        toProviderAccount(parseAccount({ institution_account_id }), null).institutionAccountId,
      ).toBeNull();
    },
  );

  it('without a name is called after its institution, and never by its number', () => {
    expect(toProviderAccount(parseAccount({ name: null, number: '12345678' }), null).name).toBe('Broker');
  });

  it('has no currency when the code is none of ISO 4217', () => {
    const parts = { balance: { total: { amount: 1, currency: 'usdc' } } };
    expect(toProviderAccount(parseAccount(parts), null).currency).toBeNull();
  });

  it.each([{ id: null }, { institution_name: 7 }])('%j alone is no answer', (parts) => {
    expect(() => parseAccount(parts)).toThrow();
  });
});

describe('a sync time', () => {
  it.each([
    ['2024-06-28 18:42:46.561408+00:00', '2024-06-28T18:42:46.561Z'],
    ['2024-06-28T18:42:46.561Z', '2024-06-28T18:42:46.561Z'],
    ['2024-06-28T14:42:46-04:00', '2024-06-28T18:42:46.000Z'],
    ['2024-06-28 18:42:46+0000', '2024-06-28T18:42:46.000Z'],
    ['2024-06-28 20:59:59.999999+00:00', '2024-06-28T20:59:59.999Z'],
  ])('%s is %s', (text, instant) => {
    expect(readSyncInstant(text)).toBe(instant);
  });

  it.each([null, '', '2024-06-28', '2024-06-28 18:42:46', 'yesterday', '2024-13-28T18:42:46Z'])(
    '%s is no instant, rather than a guessed one',
    (text) => {
      expect(readSyncInstant(text)).toBeNull();
    },
  );
});

describe('the health of a connection', () => {
  it('is broken since the date that SnapTrade gives, if it gives one', () => {
    expect(toConnectionHealth({ disabled: true, disabled_date: '2026-11-10T15:00:00Z' })).toMatchObject({
      broken: true,
      brokenSince: '2026-11-10T15:00:00.000Z',
    });
    expect(toConnectionHealth({ disabled: true, disabled_date: null })).toMatchObject({
      broken: true,
      brokenSince: null,
    });
    expect(toConnectionHealth({ disabled: false, disabled_date: '2026-01-01T00:00:00Z' })).toMatchObject({
      broken: false,
      brokenSince: null,
    });
  });

  it.each([
    ['realtime', 'realtime'],
    ['delayed', 'daily'],
    ['something new', 'daily'],
    [null, 'daily'],
  ] as const)('with data said to be %s is read as %s, since only one word means live', (said, freshness) => {
    expect(toConnectionHealth({ disabled: false, data_freshness_mode: said })).toMatchObject({ freshness });
  });
});

describe('balance history', () => {
  const read = (history: readonly unknown[], currency: string | null = 'USD') =>
    toValueHistory(balanceHistorySchema.parse({ history, currency }), NOVEMBER, USD);

  it('keeps trading days of the range, oldest first', () => {
    const entries = ['2026-11-18', '2026-11-15', '2026-11-02', '2026-10-30', '2026-11-23'];
    expect(read(entries.map((date) => ({ date, total_value: '5.10' }))).values).toEqual([
      { date: '2026-11-02', total: '5.1' },
      { date: '2026-11-18', total: '5.1' },
    ]);
  });

  it('keeps a true zero and leaves out what is null', () => {
    const history = [
      { date: '2026-11-17', total_value: '0' },
      { date: '2026-11-18', total_value: null },
    ];
    expect(read(history).values).toEqual([{ date: '2026-11-17', total: '0' }]);
  });

  it('takes a day that comes twice with one value, and leaves out one with two', () => {
    const history = [
      { date: '2026-11-17', total_value: '5.0' },
      { date: '2026-11-17', total_value: '5.00' },
      { date: '2026-11-18', total_value: '5' },
      { date: '2026-11-18', total_value: '6' },
    ];
    expect(read(history).values).toEqual([{ date: '2026-11-17', total: '5' }]);
  });

  it('has the currency of the answer, else that of the account', () => {
    expect(read([], 'CAD').currency).toBe('CAD');
    expect(read([], null).currency).toBe('USD');
  });

  it('loses a row without a value or with an odd one, and no other day', () => {
    const history = [
      { date: '2026-11-17', total_value: '1' },
      { date: '2026-11-18' },
      { date: '2026-11-19', total_value: 'n/a' },
      { date: '2026-02-30', total_value: '1' },
      null,
      { date: '2026-11-20', total_value: '1,234.56' },
    ];
    expect(read(history).values).toEqual([
      { date: '2026-11-17', total: '1' },
      { date: '2026-11-20', total: '1234.56' },
    ]);
  });
});

describe('the retired reporting answer', () => {
  const entry = (date: string, value: number, currency: string) => ({ date, value, currency });
  const read = (entries: readonly unknown[], currency = USD) =>
    toReportedHistory(reportingSchema.parse({ totalEquityTimeframe: entries }), NOVEMBER, currency);

  it('is brought into order', () => {
    const answer = read([entry('2026-11-18', 2, 'USD'), entry('2026-11-17', 1, 'USD')]);
    expect(answer).toEqual({
      available: true,
      value: {
        currency: 'USD',
        values: [
          { date: '2026-11-17', total: '1' },
          { date: '2026-11-18', total: '2' },
        ],
      },
    });
  });

  it('in several currencies gives only the part in the account’s own', () => {
    const entries = [entry('2026-11-18', 2, 'USD'), entry('2026-11-18', 9, 'CAD')];
    expect(read(entries)).toMatchObject({ value: { currency: 'USD', values: [{ total: '2' }] } });
  });

  it('in several currencies is of no use when the account’s own is not known', () => {
    const entries = [entry('2026-11-18', 2, 'USD'), entry('2026-11-18', 9, 'CAD')];
    expect(read(entries, null)).toEqual({ available: false, reason: 'not_supported' });
  });

  it('keeps the one currency that it has, even if it is not the account’s', () => {
    expect(read([entry('2026-11-18', 9, 'CAD')])).toMatchObject({ value: { currency: 'CAD' } });
  });
});
