import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { holdingsSchema } from '@/lib/providers/plaid/schema';
import { isAgeOpen, toAgedAccounts, withAsOf } from '@/lib/providers/plaid/transform';

/** Friday, an hour after the close. */
const NOW = toInstant('2026-11-20T22:00:00Z');
const FRIDAY_CLOSE = '2026-11-20T21:00:00.000Z';
const THURSDAY_CLOSE = '2026-11-19T21:00:00.000Z';

const INVESTMENT = {
  account_id: 'a',
  name: 'IRA',
  mask: '1234',
  type: 'investment',
  balances: { current: 1000, iso_currency_code: 'USD', unofficial_currency_code: null },
};
const SHARES = {
  account_id: 'a',
  security_id: 'shares',
  institution_price: 10,
  institution_price_as_of: '2026-11-20',
  institution_value: 900,
  cost_basis: 700,
  quantity: 90,
  iso_currency_code: 'USD',
};
const CASH = {
  ...SHARES,
  security_id: 'cash',
  institution_price: 1,
  institution_price_as_of: null,
  institution_value: 100,
  cost_basis: null,
};
const SECURITIES = [
  { security_id: 'shares', type: 'equity', close_price: 10, close_price_as_of: '2026-11-20' },
  { security_id: 'fund', type: 'mutual fund', close_price: null, close_price_as_of: null },
  { security_id: 'cash', type: 'cash', close_price: 1, close_price_as_of: null },
];

/** The first account of an answer, and whether its age takes asking for Plaid's last reading. */
function read(
  {
    account = {},
    holdings = [SHARES, CASH],
  }: { readonly account?: object; readonly holdings?: readonly object[] } = {},
  readByPlaidAt: string | null = null,
) {
  const body = holdingsSchema.parse({
    accounts: [{ ...INVESTMENT, ...account }],
    holdings,
    securities: SECURITIES,
    item: { institution_name: 'Evergreen' },
  });
  const [aged] = toAgedAccounts(body, NOW);
  if (aged === undefined) throw new Error('no account was read');
  const at = readByPlaidAt === null ? null : toInstant(readByPlaidAt);
  return { ...withAsOf(aged, at, NOW), isAgeOpen: isAgeOpen(aged) };
}
const fund = (parts: object) => ({ ...SHARES, security_id: 'fund', ...parts });

describe('the total of an account', () => {
  it('is what the institution shows, with cash and cost where the holdings add up to it', () => {
    expect(read()).toMatchObject({
      externalId: 'a',
      name: 'IRA ending 1234',
      institution: 'Evergreen',
      category: 'investment',
      total: '1000',
      cash: '100',
      costBasis: '800',
      currency: 'USD',
    });
    expect(read({ holdings: [SHARES] })).toMatchObject({ total: '1000', cash: null, costBasis: null });
  });

  it('is the sum of all holdings where the institution shows none, and unknown where one of them is', () => {
    const account = { balances: { current: null, iso_currency_code: 'USD' } };
    expect(read({ account })).toMatchObject({ total: '1000', cash: '100', costBasis: '800' });
    expect(read({ account, holdings: [SHARES, fund({ institution_value: null })] })).toMatchObject({
      total: null,
    });
    expect(read({ account, holdings: [SHARES, { account_id: 7 }] })).toMatchObject({ total: null });
    expect(read({ account, holdings: [] })).toMatchObject({ total: null });
  });

  it('in several currencies is their parts, and in one without a code is not known', () => {
    const account = { balances: { current: null, iso_currency_code: 'USD' } };
    expect(
      read({ account, holdings: [SHARES, fund({ iso_currency_code: 'EUR', institution_value: 50 })] }),
    ).toMatchObject({
      total: null,
      parts: [
        { currency: 'USD', total: '900' },
        { currency: 'EUR', total: '50' },
      ],
    });
    const coin = fund({ iso_currency_code: null, unofficial_currency_code: 'BTC' });
    expect(read({ account, holdings: [SHARES, coin] })).toMatchObject({ total: null });
  });

  it('of zero is a zero, and a debt or a word that nobody knows is no asset', () => {
    expect(
      read({ account: { balances: { current: 0, iso_currency_code: 'USD' } }, holdings: [] }),
    ).toMatchObject({ total: '0' });
    expect(read({ account: { type: 'loan' } })).toMatchObject({ category: 'credit', isAgeOpen: false });
    expect(read({ account: { type: 'other' } })).toMatchObject({ category: null });
  });
});

describe('the age of a total', () => {
  it('is the close where the price is the close of its date, without another question', () => {
    expect(read()).toMatchObject({ asOf: FRIDAY_CLOSE, isAgeOpen: false });
  });

  it('is the close where Plaid read the institution after it, and of the session where it did before', () => {
    const holdings = [fund({})];
    expect(read({ holdings }, '2026-11-20T21:30:00Z')).toMatchObject({ asOf: FRIDAY_CLOSE, isAgeOpen: true });
    expect(read({ holdings }, '2026-11-20T18:00:00Z')).toMatchObject({ asOf: '2026-11-20T18:00:00.000Z' });
    // Nobody knows when: some time of that day, which is no close.
    expect(read({ holdings })).toMatchObject({ asOf: '2026-11-20T14:30:00.000Z' });
  });

  it('is that of its oldest price', () => {
    const holdings = [SHARES, fund({ institution_price_as_of: '2026-11-19', institution_value: 50 })];
    expect(read({ holdings }, '2026-11-20T21:30:00Z')).toMatchObject({ asOf: THURSDAY_CLOSE });
  });

  it('is not that of a price that is too small to matter', () => {
    const holdings = [SHARES, fund({ institution_price_as_of: '2026-09-01', institution_value: 5 })];
    expect(read({ holdings }, '2026-11-20T21:30:00Z')).toMatchObject({ asOf: FRIDAY_CLOSE });
  });

  it('is the time of the price where one is given, and midnight is none', () => {
    const at = (time: string) => [fund({ institution_price_datetime: time })];
    expect(read({ holdings: at('2026-11-20T19:15:00Z') })).toMatchObject({
      asOf: '2026-11-20T19:15:00.000Z',
      isAgeOpen: false,
    });
    expect(read({ holdings: at('2026-11-20T00:00:00Z') }, '2026-11-20T21:30:00Z')).toMatchObject({
      asOf: FRIDAY_CLOSE,
    });
  });

  it('of a price without a date, and of cash alone, is that of Plaid’s last reading', () => {
    const undated = [fund({ institution_price_as_of: null })];
    expect(read({ holdings: undated }, '2026-11-20T21:30:00Z')).toMatchObject({
      asOf: '2026-11-20T21:30:00.000Z',
    });
    expect(read({ holdings: [CASH] }, '2026-11-20T21:30:00Z')).toMatchObject({
      asOf: '2026-11-20T21:30:00.000Z',
    });
    expect(read({ holdings: undated })).toMatchObject({ asOf: null });
    expect(read({ holdings: [CASH] })).toMatchObject({ asOf: null });
  });

  it('of a bank account is when its balance was updated, where that is given', () => {
    const balances = { current: 50, iso_currency_code: 'USD', last_updated_datetime: '2026-11-20T20:00:00Z' };
    const account = { type: 'depository', balances };
    expect(read({ account })).toMatchObject({
      category: 'deposit',
      total: '50',
      asOf: '2026-11-20T20:00:00.000Z',
    });
  });

  it('is not moved by a date outside of the calendar', () => {
    const holdings = [fund({ institution_price_as_of: '1970-01-01' })];
    expect(read({ holdings }, '2026-11-20T21:30:00Z')).toMatchObject({ asOf: '2026-11-20T21:30:00.000Z' });
  });
});
