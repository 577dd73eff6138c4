import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { toCashFlows } from '@/lib/providers/snaptrade/cash-flows';
import { activitiesPageSchema, type SnapTradeActivity } from '@/lib/providers/snaptrade/schema';

const YEAR = { from: toDate('2026-01-01'), to: toDate('2026-12-31') };

function parseRows(rows: readonly Record<string, unknown>[]): readonly SnapTradeActivity[] {
  const data = rows.map((row) => ({ type: 'CONTRIBUTION', amount: 10, trade_date: '2026-11-18', ...row }));
  return activitiesPageSchema.parse({ data, pagination: { total: data.length } }).data;
}

function readFlows(...rows: readonly Record<string, unknown>[]) {
  return toCashFlows(parseRows(rows), YEAR);
}

function keysOf(...rows: readonly Record<string, unknown>[]): string[] {
  return readFlows(...rows).map(({ key }) => key);
}

describe('types of activities', () => {
  it.each([
    ['CONTRIBUTION', 'deposit'],
    ['WITHDRAWAL', 'withdrawal'],
    ['TRANSFER', 'transfer'],
    ['INTERNAL_CASH_TRANSFER_OUT', 'transfer'],
    ['EXTERNAL_ASSET_TRANSFER_IN', 'transfer'],
    ['DIVIDEND', 'dividend'],
    ['SUBSTITUTE_DIVIDEND', 'dividend'],
    ['INTEREST', 'interest'],
    ['FEE', 'fee'],
    ['TAX', 'fee'],
  ])('%s is a %s', (type, expected) => {
    expect(readFlows({ type })).toMatchObject([{ type: expected }]);
  });

  it.each(['BUY', 'SELL', 'REI', 'SPLIT', 'ADJUSTMENT', 'SOMETHING_NEW', null])(
    '%s is no cash flow',
    (type) => {
      expect(readFlows({ type })).toEqual([]);
    },
  );
});

describe('the amount of a flow', () => {
  it('keeps the sign of the provider: positive is into the account', () => {
    expect(readFlows({ amount: -1.1, type: 'WITHDRAWAL' })).toMatchObject([{ amount: '-1.1' }]);
  });

  it.each([
    [{ units: 3, price: 1.1, amount: null }, ['3.3']],
    [{ units: -3, price: '1.10', amount: 0, type: 'EXTERNAL_ASSET_TRANSFER_OUT' }, ['-3.3']],
    [{ units: 3, price: null, amount: null }, []],
    [{ units: 3, price: 2, amount: 5 }, ['5']],
    [{ units: 1, price: 2, amount: null, option_symbol: { id: 'o', ticker: 'X' } }, []],
    [{ units: 3, price: 2, amount: null, type: 'CONTRIBUTION' }, []],
  ])('of a transfer %j is %j', (row, amounts) => {
    const flows = readFlows({ type: 'EXTERNAL_ASSET_TRANSFER_IN', ...row });
    expect(flows.map(({ amount }) => amount)).toEqual(amounts);
  });

  it('that is not known or nothing makes no flow', () => {
    expect(readFlows({ amount: null }, { amount: 0 }, {})).toHaveLength(1);
  });
});

describe('the date of a flow', () => {
  it.each([
    ['2026-11-18', '2026-11-18'],
    ['2026-11-18T00:00:00Z', '2026-11-18'],
    ['2026-11-18T00:00:00.000000Z', '2026-11-18'],
    ['2026-11-18T05:00:00Z', '2026-11-18'],
    ['2026-11-19T02:30:00Z', '2026-11-18'],
    ['2026-11-18T23:30:00-05:00', '2026-11-18'],
    ['2026-11-18T16:27:55', '2026-11-18'],
  ])('%s is %s in New York', (trade_date, date) => {
    expect(readFlows({ trade_date })).toMatchObject([{ date }]);
  });

  it('falls back to the settlement, and without any the row is left out', () => {
    expect(readFlows({ trade_date: null, settlement_date: '2026-11-20' })).toMatchObject([
      { date: '2026-11-20' },
    ]);
    expect(readFlows({ trade_date: null }, { trade_date: 'soon' })).toEqual([]);
  });

  it('outside the range is left out, the ends belong to it', () => {
    const dates = ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'];
    expect(readFlows(...dates.map((trade_date) => ({ trade_date }))).map(({ date }) => date)).toEqual([
      '2026-01-01',
      '2026-12-31',
    ]);
  });
});

describe('the key of a flow', () => {
  it('does not depend on the provider’s id', () => {
    expect(keysOf({ id: 'before' })).toEqual(keysOf({ id: 'after' }));
  });

  it('tells two equal movements of a day apart', () => {
    expect(new Set(keysOf({}, {})).size).toBe(2);
  });

  it('tells apart the parts of one order, which share the broker’s reference', () => {
    const parts = [
      { external_reference_id: 'r', type: 'DIVIDEND' },
      { external_reference_id: 'r', type: 'TAX', amount: -2 },
    ];
    expect(new Set(keysOf(...parts)).size).toBe(2);
  });

  it('stays when the broker corrects amount or text under the same reference', () => {
    const row = { external_reference_id: 'r' };
    expect(keysOf(row)).toEqual(keysOf({ ...row, amount: 11, description: 'corrected' }));
  });

  it('does not depend on the order of the rows, nor on the rest of the range', () => {
    const anyRow = fc.record({
      type: fc.constantFrom('CONTRIBUTION', 'WITHDRAWAL', 'FEE'),
      amount: fc.integer({ min: 1, max: 3 }),
      trade_date: fc.constantFrom('2026-11-17', '2026-11-18', '2026-11-19'),
      external_reference_id: fc.constantFrom(null, 'r1', 'r2'),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), (rows) => {
        const flows = readFlows(...rows);
        expect(new Set(flows.map(({ key }) => key)).size).toBe(flows.length);
        expect(readFlows(...rows.toReversed())).toEqual(flows);
        const day = toDate('2026-11-18');
        const ofDay = toCashFlows(parseRows(rows), { from: day, to: day });
        expect(ofDay).toEqual(flows.filter(({ date }) => date === day));
      }),
    );
  });
});
