import { describe, expect, it } from 'vitest';
import { exchangeInstant } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { accountSchema, historySchema } from '@/lib/providers/alpaca/schema';
import { toProviderAccount, toValueHistory } from '@/lib/providers/alpaca/transform';

const RANGE = { from: toDate('2026-11-16'), to: toDate('2026-11-20') };
const NOW = toInstant('2026-11-23T15:00:00Z');

const stampOf = (date: string, time = '20:00') => Date.parse(exchangeInstant(toDate(date), time)) / 1000;
const valuesOf = (...points: readonly (readonly [unknown, unknown])[]) => {
  const history = historySchema.parse({
    timestamp: points.map(([stamp]) => stamp),
    equity: points.map(([, equity]) => equity),
  });
  return toValueHistory(history, { range: RANGE, currency: 'USD', now: NOW }).values.map(
    ({ date, total }) => `${date} ${total}`,
  );
};

describe('a point of Alpaca’s history', () => {
  it('is of the session whose evening in New York it is stamped with', () => {
    expect(valuesOf([stampOf('2026-11-18'), 100.25])).toEqual(['2026-11-18 100.25']);
    expect(valuesOf([stampOf('2026-11-18', '16:00'), 1])).toEqual(['2026-11-18 1']);
  });

  it('with an odd time is of no day, and costs no other', () => {
    const odd = [
      [null, 1],
      ['2026-11-18', 1],
      [stampOf('2026-11-18') * 1000, 1],
      [-1, 1],
      [2_400_000_000, 1],
      [stampOf('2026-11-21'), 1],
      [stampOf('2026-11-18', '00:00'), 1],
    ] as const;
    expect(valuesOf(...odd, [stampOf('2026-11-19'), 7])).toEqual(['2026-11-19 7']);
  });

  it('with two values for one day is not believed, and twice the same is once', () => {
    expect(
      valuesOf(
        [stampOf('2026-11-17'), 5],
        [stampOf('2026-11-17'), 6],
        [stampOf('2026-11-18'), 8],
        [stampOf('2026-11-18'), 8],
      ),
    ).toEqual(['2026-11-18 8']);
  });

  it('that is null or no number is not known', () => {
    expect(
      valuesOf([stampOf('2026-11-16'), 4], [stampOf('2026-11-17'), null], [stampOf('2026-11-18'), 'n/a']),
    ).toEqual(['2026-11-16 4']);
  });
});

it('a history without lists is empty, and one whose lists do not match is no history', () => {
  expect(historySchema.parse({})).toEqual({ timestamp: [], equity: [] });
  expect(historySchema.parse({ timestamp: null, equity: null })).toEqual({ timestamp: [], equity: [] });
  expect(historySchema.safeParse({ timestamp: [1], equity: [] }).success).toBe(false);
});

it('an odd field of an account costs no other', () => {
  const account = accountSchema.parse({
    id: 'a',
    account_number: '123456789',
    equity: '12.5',
    cash: {},
    last_equity: 'n/a',
    balance_asof: '0000-00-00',
    created_at: 7,
    currency: 'dollars',
  });
  const asOf = toInstant('2026-11-20T22:00:00Z');
  expect(toProviderAccount(account, { readAt: asOf, isPaperHost: false })).toEqual({
    externalId: 'a',
    institutionAccountId: 'a',
    name: 'Account ending 6789',
    institution: 'Alpaca',
    category: 'investment',
    isPaper: false,
    isOpen: true,
    total: '12.5',
    cash: null,
    costBasis: null,
    currency: null,
    asOf,
  });
});
