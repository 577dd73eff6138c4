import { describe, expect, it } from 'vitest';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { toMovements as plaidMovements } from '@/lib/providers/plaid/movements';
import { holdingsSchema, transactionsPageSchema } from '@/lib/providers/plaid/schema';
import { toAgedAccounts, withAsOf } from '@/lib/providers/plaid/transform';
import { toHoldings } from '@/lib/providers/snaptrade/holdings';
import { toMovements as snapTradeMovements } from '@/lib/providers/snaptrade/movements';
import { activitiesPageSchema, balancesSchema, positionsSchema } from '@/lib/providers/snaptrade/schema';

const YEAR = { from: toDate('2026-01-01'), to: toDate('2026-12-31') };
const CLOSE = toInstant('2026-11-20T21:30:00Z');

const move = (symbol: string | null, units: string | null, cash: string) => ({ symbol, units, cash });

describe('what an activity at SnapTrade changed in the holdings', () => {
  const ABC = { symbol: { id: 's', symbol: 'ABC', type: { code: 'cs' } } };
  const changed = (row: object) =>
    snapTradeMovements(
      activitiesPageSchema.parse({
        data: [{ trade_date: '2026-11-18', amount: null, units: 0, ...row }],
        pagination: { total: 1 },
      }).data,
      YEAR,
    )[0]?.holdings;

  it.each([
    ['a deposit', { type: 'CONTRIBUTION', amount: 100 }, move(null, '0', '100')],
    [
      'a dividend, whatever units stand beside it',
      { type: 'DIVIDEND', amount: 3, units: 12, ...ABC },
      move(null, '0', '3'),
    ],
    ['a purchase', { type: 'BUY', amount: -190, units: 2, ...ABC }, move('ABC', '2', '-190')],
    ['a sale', { type: 'SELL', amount: 190, units: -2, ...ABC }, move('ABC', '-2', '190')],
    [
      'a sale that counts what was sold',
      { type: 'SELL', amount: 190, units: 2, ...ABC },
      move('ABC', '-2', '190'),
    ],
    [
      'assets that came in',
      { type: 'EXTERNAL_ASSET_TRANSFER_IN', amount: 950, units: 10, ...ABC },
      move('ABC', '10', '0'),
    ],
    [
      'a transfer that names assets',
      { type: 'TRANSFER', amount: 0, units: -10, ...ABC },
      move('ABC', '-10', '0'),
    ],
    ['a transfer of cash', { type: 'TRANSFER', amount: 40 }, move(null, '0', '40')],
    ['a spin-off', { type: 'SPINOFF', amount: 0, units: 5, ...ABC }, move('ABC', '5', '0')],
    [
      'a split, whose ratio is left to the prices',
      { type: 'SPLIT', units: 10, ...ABC },
      move('ABC', null, '0'),
    ],
    [
      'an option, apart from any share',
      { type: 'OPTIONEXPIRATION', units: -1, option_symbol: { ticker: 'ABC  261218C00100000' } },
      move('option:ABC261218C00100000', '-1', '0'),
    ],
    [
      'a coin, apart from a share of its name',
      { type: 'BUY', amount: -5, units: 0.1, symbol: { symbol: 'BTC', type: { code: 'crypto' } } },
      move('crypto:BTC', '0.1', '-5'),
    ],
    ['a purchase of nobody knows what', { type: 'BUY', amount: -190, units: 2 }, null],
    ['a purchase for nobody knows how much', { type: 'BUY', units: 2, ...ABC }, null],
    ['a merger', { type: 'STOCK_MERGER', amount: 0, units: 2, ...ABC }, null],
    ['a word that nobody knows', { type: 'SOMETHING_NEW', amount: 1 }, null],
    ['an odd symbol', { type: 'BUY', amount: -1, units: 1, symbol: { symbol: 7 } }, null],
  ])('%s', (_, row, expected) => {
    expect(changed(row)).toEqual(expected);
  });
});

describe('what an account at SnapTrade holds', () => {
  const row = (cash: number | null, code = 'USD') => ({ currency: { code }, cash });
  const position = (parts: object = {}, instrument: object = {}) => ({
    instrument: { kind: 'stock', symbol: 'ABC', ...instrument },
    units: '10',
    price: '5.5',
    currency: 'USD',
    ...parts,
  });
  const held = (balances: readonly object[], positions: readonly object[]) =>
    toHoldings(balancesSchema.parse(balances), positionsSchema.parse({ results: positions }).results, CLOSE);

  it('is its cash and its positions with the broker’s closes', () => {
    const coin = position({ units: '0.1', price: '90000' }, { kind: 'crypto', symbol: 'BTC' });
    const fund = position({ cash_equivalent: true }, { symbol: 'SPAXX' });
    expect(held([row(100), row(0, 'CAD')], [position(), coin, fund])).toEqual({
      asOf: CLOSE,
      currency: 'USD',
      cash: '100',
      positions: [
        { symbol: 'ABC', units: '10', close: '5.5' },
        { symbol: 'crypto:BTC', units: '0.1', close: '90000' },
      ],
    });
  });

  it('has no close of an option, whose price is that of a share, and none that is not given', () => {
    const option = position({}, { kind: 'option', symbol: 'ABC 261218C00100000' });
    expect(held([row(1)], [option, position({ price: null })])?.positions.map(({ close }) => close)).toEqual([
      null,
      null,
    ]);
  });

  it.each([
    ['nothing was said of its cash', [], []],
    ['its cash is not known', [row(null)], [position()]],
    ['a position has no number', [row(1)], [position({ units: null })]],
    ['a position has no name', [row(1)], [position({}, { symbol: null })]],
    ['something is worth something else than its price', [row(1)], [position({}, { kind: 'future' })]],
    ['it is in two currencies', [row(1)], [position({ currency: 'CAD' })]],
    ['its cash is in two currencies', [row(1), row(2, 'EUR')], []],
  ])('is not known where %s', (_, balances, positions) => {
    expect(held(balances, positions)).toBeNull();
  });
});

const SECURITIES = [
  {
    security_id: 'abc',
    ticker_symbol: 'ABC',
    type: 'equity',
    close_price: 10,
    close_price_as_of: '2026-11-20',
    iso_currency_code: 'USD',
  },
  {
    security_id: 'old',
    ticker_symbol: 'OLD',
    type: 'etf',
    close_price: 7,
    close_price_as_of: '2026-11-19',
    iso_currency_code: 'USD',
  },
  {
    security_id: 'bond',
    ticker_symbol: 'B',
    type: 'fixed income',
    close_price: null,
    close_price_as_of: null,
  },
  {
    security_id: 'sweep',
    ticker_symbol: 'SPAXX',
    type: 'mutual fund',
    is_cash_equivalent: true,
    close_price: 1,
  },
  { security_id: 'usd', ticker_symbol: 'CUR:USD', type: 'cash', close_price: 1 },
];

describe('what a transaction at Plaid changed in the holdings', () => {
  const changed = (row: object) => {
    const page = transactionsPageSchema.parse({
      investment_transactions: [
        { investment_transaction_id: 't', account_id: 'a', date: '2026-10-05', quantity: 0, ...row },
      ],
      total_investment_transactions: 1,
      securities: SECURITIES,
    });
    return plaidMovements(page.investment_transactions, 'a', YEAR)[0]?.holdings;
  };

  it.each([
    ['a deposit', { subtype: 'deposit', amount: -500 }, move(null, '0', '500')],
    ['a dividend of a share', { subtype: 'dividend', amount: -3, security_id: 'abc' }, move(null, '0', '3')],
    [
      'a purchase',
      { type: 'buy', subtype: 'buy', amount: 190, quantity: 2, security_id: 'abc' },
      move('ABC', '2', '-190'),
    ],
    [
      'a sale',
      { type: 'sell', subtype: 'sell', amount: -190, quantity: -2, security_id: 'abc' },
      move('ABC', '-2', '190'),
    ],
    [
      'a contribution that bought at once',
      { type: 'buy', subtype: 'contribution', amount: 300, quantity: 3, security_id: 'abc' },
      move('ABC', '3', '0'),
    ],
    [
      'securities that went out',
      { subtype: 'transfer', amount: 0, quantity: -4, price: 25, security_id: 'abc' },
      move('ABC', '-4', '0'),
    ],
    [
      'a bond, by its id',
      { subtype: 'buy', amount: 99, quantity: 1, security_id: 'bond' },
      move('plaid:bond', '1', '-99'),
    ],
    [
      'money that is swept into a fund',
      { subtype: 'buy', amount: 50, quantity: 50, security_id: 'sweep' },
      move(null, '0', '0'),
    ],
    ['a split', { subtype: 'split', amount: 0, quantity: 10, security_id: 'abc' }, move('ABC', null, '0')],
    ['a merger', { subtype: 'merger', amount: 0, quantity: 10, security_id: 'abc' }, null],
    ['a security that nobody names', { subtype: 'buy', amount: 1, quantity: 1, security_id: 'x' }, null],
  ])('%s', (_, row, expected) => {
    expect(changed(row)).toEqual(expected);
  });
});

describe('what an account at Plaid holds', () => {
  const holding = (parts: object = {}) => ({
    account_id: 'a',
    security_id: 'abc',
    institution_price: 10,
    institution_price_as_of: '2026-11-20',
    institution_value: 900,
    quantity: 90,
    iso_currency_code: 'USD',
    ...parts,
  });
  const cash = holding({
    security_id: 'usd',
    institution_price: 1,
    institution_price_as_of: null,
    institution_value: 60,
    quantity: 60,
  });
  const sweep = holding({ security_id: 'sweep', institution_price: 1, institution_value: 40, quantity: 40 });
  const read = (holdings: readonly object[]) => {
    const accounts = [
      { account_id: 'a', type: 'investment', balances: { current: 1000, iso_currency_code: 'USD' } },
    ];
    const body = holdingsSchema.parse({ accounts, holdings, securities: SECURITIES });
    return toAgedAccounts(body, CLOSE).map((aged) => withAsOf(aged, CLOSE, CLOSE).holdings)[0];
  };

  it('is its cash, with funds that are as good as cash, and its positions with closes of that day alone', () => {
    expect(read([holding(), sweep, cash])).toMatchObject({
      currency: 'USD',
      cash: '100',
      positions: [{ symbol: 'ABC', units: '90', close: '10' }],
    });
    const old = holding({ security_id: 'old', institution_value: 700, quantity: 100 });
    const bond = holding({ security_id: 'bond', institution_value: 200, quantity: 2 });
    expect(read([old, bond, cash, sweep])?.positions).toEqual([
      { symbol: 'OLD', units: '100', close: null },
      { symbol: 'plaid:bond', units: '2', close: null },
    ]);
  });

  it('is not known where a part of it is not, or the parts do not make up the total', () => {
    expect(read([holding({ quantity: null }), sweep, cash])).toBeUndefined();
    expect(read([holding({ security_id: 'unknown' }), sweep, cash])).toBeUndefined();
    expect(read([holding(), cash])).toBeUndefined();
  });
});
