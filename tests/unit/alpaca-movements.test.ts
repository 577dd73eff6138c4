import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { readActivities, toMovements } from '@/lib/providers/alpaca/movements';
import { activitiesSchema } from '@/lib/providers/alpaca/schema';

const RANGE = { from: toDate('2026-01-01'), to: toDate('2026-12-31') };

const movementsOf = (...rows: readonly object[]) =>
  toMovements(
    activitiesSchema.parse(rows.map((row) => ({ id: 'row', date: '2026-03-02', net_amount: '5', ...row }))),
    RANGE,
  );
const kindOf = (row: object) => movementsOf(row)[0]?.kind;

it('every type that the SDK knows has a kind, but for the word for anything else', () => {
  const unknown = Object.values(trading.ActivityType).filter(
    (type) => kindOf({ activity_type: type }) === 'unclassified',
  );
  expect(unknown).toEqual(['MISC']);
  expect(kindOf({ activity_type: 'A_NEW_WORD' })).toBe('unclassified');
  expect(kindOf({ activity_type: null })).toBe('unclassified');
});

it('what crosses the border of the account is told from what happens inside', () => {
  const kinds = Object.fromEntries(
    ['CSD', 'CSW', 'JNLC', 'JNLS', 'ACATC', 'ACATS', 'FOPT', 'DIV', 'FEE', 'INT', 'SPLIT'].map((type) => [
      type,
      kindOf({ activity_type: type }),
    ]),
  );
  expect(kinds).toEqual({
    CSD: 'deposit',
    CSW: 'withdrawal',
    JNLC: 'transfer',
    JNLS: 'transfer',
    ACATC: 'transfer',
    ACATS: 'transfer',
    FOPT: 'transfer',
    DIV: 'dividend',
    FEE: 'fee',
    INT: 'interest',
    SPLIT: 'other',
  });
});

it('a cash transaction is a deposit or a withdrawal by its sign', () => {
  expect(kindOf({ activity_type: 'TRANS', net_amount: '12.50' })).toBe('deposit');
  expect(kindOf({ activity_type: 'TRANS', net_amount: '-12.50' })).toBe('withdrawal');
  expect(kindOf({ activity_type: 'TRANS', net_amount: null })).toBe('transfer');
});

it('securities that move are worth their number times their price, or what nobody knows', () => {
  const moved = (parts: object) => movementsOf({ activity_type: 'ACATS', net_amount: '0', ...parts })[0];
  expect(moved({ qty: '3', price: '10.5' })).toMatchObject({ kind: 'transfer', amount: '31.5' });
  expect(moved({ qty: '-3', price: '10.5' })).toMatchObject({ amount: '-31.5' });
  expect(moved({ qty: '3' })).toMatchObject({ kind: 'transfer', amount: null });
  expect(moved({ net_amount: null })).toMatchObject({ amount: null });
});

it('a dividend in shares or a fee in coins moves no cash, and one whose amount is missing is not known', () => {
  expect(movementsOf({ activity_type: 'DIV', net_amount: '0' })[0]).toMatchObject({ kind: 'other' });
  expect(movementsOf({ activity_type: 'CFEE', net_amount: '0' })[0]).toMatchObject({ kind: 'other' });
  expect(movementsOf({ activity_type: 'DIV', net_amount: 'n/a' })[0]).toMatchObject({
    kind: 'dividend',
    amount: null,
  });
});

it('a cancelled row never was, and a correction stands in the place of what it corrects', () => {
  const rows = [
    { id: 'a', activity_type: 'CSD', status: 'canceled', net_amount: '1' },
    { id: 'b', activity_type: 'DIV', status: 'executed', net_amount: '2', group_id: 'g' },
    { id: 'c', activity_type: 'DIVNRA', status: 'executed', net_amount: '-1', group_id: 'g' },
    { id: 'd', activity_type: 'DIV', status: 'correct', net_amount: '3', group_id: 'g' },
    { id: 'e', activity_type: 'DIV', status: 'executed', net_amount: '4' },
  ];
  expect(movementsOf(...rows).map(({ reference }) => reference)).toEqual(['c', 'd', 'e']);
});

it('a row is booked on its own date, and one without a date on none', () => {
  const rows = [
    { id: 'late', activity_type: 'CSD', date: '2026-05-04T00:00:00Z', created_at: '2027-01-02T06:00:00Z' },
    { id: 'before', activity_type: 'CSD', date: '2025-12-31' },
    { id: 'undated', activity_type: 'CSD', date: null },
  ];
  expect(movementsOf(...rows)).toMatchObject([{ reference: 'late', date: '2026-05-04' }]);
});

it('pages that do not come to an end are no answer', async () => {
  const page = activitiesSchema.parse(Array.from({ length: 100 }, () => ({ id: 'the same' })));
  const endless = { getActivities: async () => page };
  await expect(readActivities(endless, RANGE)).rejects.toMatchObject({ kind: 'bad_data' });
});
