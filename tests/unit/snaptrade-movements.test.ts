import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { toMovements } from '@/lib/providers/snaptrade/movements';
import { activitiesPageSchema, type SnapTradeActivity } from '@/lib/providers/snaptrade/schema';

const YEAR = { from: toDate('2026-01-01'), to: toDate('2026-12-31') };

function parseRows(rows: readonly Record<string, unknown>[]): readonly SnapTradeActivity[] {
  const data = rows.map((row) => ({ type: 'CONTRIBUTION', amount: 10, trade_date: '2026-11-18', ...row }));
  return activitiesPageSchema.parse({ data, pagination: { total: data.length } }).data;
}

function readMovements(...rows: readonly Record<string, unknown>[]) {
  return toMovements(parseRows(rows), YEAR);
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
    expect(readMovements({ type })).toMatchObject([{ kind: expected, vendorType: type }]);
  });

  it.each(['BUY', 'SELL', 'REI', 'SPLIT'])('%s moves nothing across the total', (type) => {
    expect(readMovements({ type })).toMatchObject([{ kind: 'other' }]);
  });

  it.each(['ADJUSTMENT', 'JOURNAL', 'SOMETHING_NEW', null])('%s is a movement that nobody knows', (type) => {
    expect(readMovements({ type })).toMatchObject([{ kind: 'unclassified', vendorType: type ?? '' }]);
  });
});

describe('the amount of a movement', () => {
  it('keeps the sign of the provider: positive is into the account', () => {
    expect(readMovements({ amount: -1.1, type: 'WITHDRAWAL' })).toMatchObject([{ amount: '-1.1' }]);
  });

  it.each([
    [{ units: 3, price: 1.1, amount: null }, ['3.3']],
    [{ units: -3, price: '1.10', amount: 0, type: 'EXTERNAL_ASSET_TRANSFER_OUT' }, ['-3.3']],
    [{ units: 3, price: null, amount: null }, [null]],
    [{ units: 100, price: null, amount: 0 }, [null]],
    [{ units: 3, price: 2, amount: 5 }, ['5']],
    [{ units: 1, price: 2, amount: null, option_symbol: { id: 'o', ticker: 'X' } }, [null]],
    [{ units: 3, price: 2, amount: null, type: 'CONTRIBUTION' }, [null]],
  ])('of a transfer %j is %j', (row, amounts) => {
    const flows = readMovements({ type: 'EXTERNAL_ASSET_TRANSFER_IN', ...row });
    expect(flows.map(({ amount }) => amount)).toEqual(amounts);
  });

  it('that is not reported stays unknown, and the movement is one all the same', () => {
    expect(readMovements({ amount: null }).map(({ amount }) => amount)).toEqual([null]);
  });
});

describe('the date of a movement', () => {
  it.each([
    ['2026-11-18', '2026-11-18'],
    ['2026-11-18T00:00:00Z', '2026-11-18'],
    ['2026-11-18T00:00:00.000000Z', '2026-11-18'],
    ['2026-11-18T05:00:00Z', '2026-11-18'],
    ['2026-11-19T02:30:00Z', '2026-11-18'],
    ['2026-11-18T23:30:00-05:00', '2026-11-18'],
    ['2026-11-18T16:27:55', '2026-11-18'],
  ])('%s is %s in New York', (trade_date, date) => {
    expect(readMovements({ trade_date })).toMatchObject([{ date }]);
  });

  it('falls back to the settlement, and without any the row is left out', () => {
    expect(readMovements({ trade_date: null, settlement_date: '2026-11-20' })).toMatchObject([
      { date: '2026-11-20' },
    ]);
    expect(readMovements({ trade_date: null }, { trade_date: 'soon' })).toEqual([]);
  });

  it('outside the range is left out, the ends belong to it', () => {
    const dates = ['2025-12-31', '2026-01-01', '2026-12-31', '2027-01-01'];
    expect(readMovements(...dates.map((trade_date) => ({ trade_date }))).map(({ date }) => date)).toEqual([
      '2026-01-01',
      '2026-12-31',
    ]);
  });
});

describe('the rows of a statement', () => {
  it('are all there, also two that say the same', () => {
    expect(readMovements({}, {})).toHaveLength(2);
  });

  it('tell the broker’s reference, where there is one', () => {
    expect(
      readMovements({ external_reference_id: 'r' }, { external_reference_id: '' }).map(
        ({ reference }) => reference,
      ),
    ).toEqual(['r', null]);
  });

  it('do not depend on their order, nor on the rest of the range', () => {
    const anyRow = fc.record({
      type: fc.constantFrom('CONTRIBUTION', 'WITHDRAWAL', 'FEE'),
      amount: fc.integer({ min: 1, max: 3 }),
      trade_date: fc.constantFrom('2026-11-17', '2026-11-18', '2026-11-19'),
      external_reference_id: fc.constantFrom(null, 'r1', 'r2'),
    });
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 12 }), (rows) => {
        const movements = readMovements(...rows);
        expect(readMovements(...rows.toReversed())).toEqual(movements);
        const day = toDate('2026-11-18');
        const ofDay = toMovements(parseRows(rows), { from: day, to: day });
        expect(ofDay).toEqual(movements.filter(({ date }) => date === day));
      }),
    );
  });
});
