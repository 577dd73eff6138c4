import { describe, expect, test } from 'vitest';
import type { ReferenceRates } from '@/lib/domain/exchange-rate';
import type { Amount, Currency } from '@/lib/domain/money';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { convertParts } from '@/lib/fill/convert-parts';
import { createRateBook } from '@/lib/fill/exchange-rates';
import { type CurrencyPart, type ProviderAccount, ProviderError } from '@/lib/providers/provider';

const USD = 'USD' as Currency;
const EUR = 'EUR' as Currency;
const CAD = 'CAD' as Currency;

const account: ProviderAccount = {
  externalId: 'account',
  institutionAccountId: null,
  name: 'Two currencies',
  institution: 'Somewhere',
  category: 'investment',
  isPaper: false,
  isOpen: true,
  total: null,
  cash: null,
  costBasis: null,
  currency: null,
  asOf: toInstant('2026-11-20T22:00:00Z'),
};

function part(currency: Currency, total: string, cash = total): CurrencyPart {
  return { currency, total: total as Amount, cash: cash as Amount, costBasis: total as Amount };
}

function day(date: string, dollars: string | null): ReferenceRates {
  return { date: toDate(date), perEuro: new Map(dollars === null ? [] : [[USD, dollars as Amount]]) };
}

/** The account's total, cash and currency by the rates of some days; with an error, the source answers with it. */
async function convert(parts: readonly CurrencyPart[], answer: readonly ReferenceRates[] | Error, to = USD) {
  const book = createRateBook({
    id: 'ecb',
    ratesSince: () => (answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer)),
  });
  const { total, cash, costBasis, currency } = await convertParts({ ...account, parts }, to, book);
  return { total, cash, costBasis, currency };
}

const UNKNOWN = { total: null, cash: null, costBasis: null, currency: null };

describe('an account known in parts of two currencies', () => {
  test('is worth all of them at the rate of the close that its value follows', async () => {
    const days = [day('2026-11-19', '2'), day('2026-11-20', '1.1'), day('2026-11-23', '3')];
    expect(await convert([part(USD, '100', '40'), part(EUR, '50', '10')], days)).toEqual({
      total: '155',
      cash: '51',
      costBasis: null,
      currency: 'USD',
    });
  });

  test('is converted the other way as well, where it is told in the other currency', async () => {
    const found = await convert([part(USD, '110'), part(EUR, '50')], [day('2026-11-20', '1.1')], EUR);
    expect(found).toMatchObject({ total: '150', currency: 'EUR' });
  });

  test('takes the newest rate before a holiday of the central banks, but none of last week', async () => {
    expect(await convert([part(EUR, '50')], [day('2026-11-16', '1.1')])).toMatchObject({ total: '55' });
    expect(await convert([part(EUR, '50')], [day('2026-11-15', '1.1')])).toEqual(UNKNOWN);
  });

  test('stays unknown while one part has no rate, and when nobody tells any', async () => {
    expect(await convert([part(USD, '100'), part(CAD, '50')], [day('2026-11-20', '1.1')])).toEqual(UNKNOWN);
    expect(await convert([part(EUR, '50')], new ProviderError('unavailable', 'nobody there'))).toEqual(
      UNKNOWN,
    );
  });

  test('passes a fault of our own on', async () => {
    await expect(convert([part(EUR, '50')], new RangeError('ours'))).rejects.toThrow('ours');
  });
});

test('an account with a total of its own is left as it is, and no rate is asked for', async () => {
  const book = createRateBook({ id: 'ecb', ratesSince: () => Promise.reject(new Error('asked')) });
  expect(await convertParts(account, USD, book)).toBe(account);
});
