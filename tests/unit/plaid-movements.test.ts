import { expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { toMovements } from '@/lib/providers/plaid/movements';
import { transactionsPageSchema } from '@/lib/providers/plaid/schema';

const RANGE = { from: toDate('2026-09-01'), to: toDate('2026-11-20') };

/** What becomes of one row, read as it comes over the wire. */
function movementOf(row: object) {
  const page = transactionsPageSchema.parse({
    investment_transactions: [
      {
        investment_transaction_id: 't-1',
        account_id: 'a',
        date: '2026-10-05',
        iso_currency_code: 'USD',
        ...row,
      },
    ],
    total_investment_transactions: 1,
  });
  return toMovements(page.investment_transactions, 'a', RANGE)[0];
}

it.each([
  ['money that comes in is negative at Plaid', { subtype: 'deposit', amount: -500 }, 'deposit', '500'],
  ['and what goes out is positive', { subtype: 'withdrawal', amount: 200.5 }, 'withdrawal', '-200.5'],
  [
    'a payroll contribution that buys a fund at once has the sign of the purchase',
    { type: 'buy', subtype: 'contribution', amount: 300, quantity: 3, price: 100, security_id: 's' },
    'deposit',
    '300',
  ],
  [
    'a distribution leaves the account, whatever its sign',
    { subtype: 'distribution', amount: -80 },
    'withdrawal',
    '-80',
  ],
  [
    'a transfer of money goes by its sign',
    { type: 'transfer', subtype: 'transfer', amount: -1000, quantity: 0 },
    'transfer',
    '1000',
  ],
  [
    'securities that come in are worth their number times their price',
    { type: 'transfer', subtype: 'transfer', amount: 0, quantity: 4, price: 25, security_id: 's' },
    'transfer',
    '100',
  ],
  [
    'and those that go out likewise',
    { type: 'transfer', subtype: 'transfer', amount: 100, quantity: -4, price: 25, security_id: 's' },
    'transfer',
    '-100',
  ],
  [
    'without a price nobody knows what they are worth',
    { type: 'transfer', subtype: 'transfer', amount: 0, quantity: 4, price: 0, security_id: 's' },
    'transfer',
    null,
  ],
  [
    'a dividend stays within',
    { type: 'cash', subtype: 'qualified dividend', amount: -12.34 },
    'dividend',
    '12.34',
  ],
  [
    'one that is reinvested is a purchase',
    { type: 'buy', subtype: 'dividend reinvestment', amount: 12.34 },
    'other',
    '-12.34',
  ],
  ['a fee leaves', { type: 'fee', subtype: 'management fee', amount: 3 }, 'fee', '-3'],
  [
    'a word that nobody knows may be anything',
    { type: 'cash', subtype: 'gift', amount: -7 },
    'unclassified',
    '7',
  ],
  ['and so may an adjustment', { type: 'cash', subtype: 'adjustment', amount: -7 }, 'unclassified', '7'],
  [
    'what takes back something else moves nothing',
    { type: 'cancel', subtype: 'deposit', amount: 500 },
    'other',
    '-500',
  ],
  ['an amount that cannot be read is not known', { subtype: 'deposit', amount: 'much' }, 'deposit', null],
] as const)('%s', (_, row, kind, amount) => {
  expect(movementOf(row)).toMatchObject({
    reference: 't-1',
    kind,
    amount,
    date: '2026-10-05',
    currency: 'USD',
  });
});

it('a row without a date says of no day that something moved', () => {
  expect(movementOf({ date: 'soon', subtype: 'deposit', amount: -1 })).toBeUndefined();
  expect(movementOf({ date: '2026-08-31', subtype: 'deposit', amount: -1 })).toBeUndefined();
});

it('a row that another one cancelled never was', () => {
  const common = { account_id: 'a', date: toDate('2026-10-05'), amount: null };
  const rows = [
    { ...common, investment_transaction_id: 't-1', subtype: 'deposit' },
    { ...common, investment_transaction_id: 't-2', type: 'cancel', cancel_transaction_id: 't-1' },
  ];
  const parsed = transactionsPageSchema.parse({
    investment_transactions: rows,
    total_investment_transactions: 2,
  });
  expect(toMovements(parsed.investment_transactions, 'a', RANGE).map(({ reference }) => reference)).toEqual([
    't-2',
  ]);
});

it('rows of another account are left out', () => {
  expect(movementOf({ account_id: 'b', subtype: 'deposit', amount: -1 })).toBeUndefined();
});
