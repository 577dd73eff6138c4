import { describe, expect, it } from 'vitest';
import { type CurrencyPair, findRate } from '@/lib/domain/exchange-rate';
import { toAmount, toCurrency } from '@/lib/domain/money';
import { toExchangeRates } from '@/lib/providers/snaptrade/exchange-rates';
import { exchangeRatesSchema } from '@/lib/providers/snaptrade/schema';

const read = (rows: unknown) => toExchangeRates(exchangeRatesSchema.parse(rows));
const row = (src: string | null, dst: string | null, rate: number | string | null) => ({
  src: { code: src },
  dst: { code: dst },
  exchange_rate: rate,
});

function find(pair: string, rows: readonly unknown[]): string | null {
  const [base, quote] = pair.split('-').map((code) => toCurrency(code));
  if (base == null || quote == null) throw new Error(`${pair} is no pair`);
  return findRate(read(rows), { base, quote } satisfies CurrencyPair)?.rate ?? null;
}

describe('the rate of a pair', () => {
  it('is its own where it is given, whatever the opposite says', () => {
    expect(find('CAD-USD', [row('USD', 'CAD', 1.4), row('CAD', 'USD', 0.73)])).toBe('0.73');
  });

  it('is the opposite turned round where only that is given', () => {
    expect(find('CAD-USD', [row('USD', 'CAD', 1.25)])).toBe('0.8');
    expect(find('CAD-USD', [row('USD', 'CAD', 1.37)])).toBe('0.729927007299270073');
  });

  it('is not known when it is not given, and never 1', () => {
    expect(find('CAD-USD', [row('EUR', 'USD', 1.16), row('CAD', 'EUR', 0.62)])).toBeNull();
  });

  it('is not known when it is given in two ways', () => {
    expect(find('CAD-USD', [row('CAD', 'USD', 0.73), row('CAD', 'USD', 0.74)])).toBeNull();
    expect(find('USD-CAD', [row('CAD', 'USD', 0.73), row('CAD', 'USD', 0.74)])).toBeNull();
    expect(find('CAD-USD', [row('CAD', 'USD', 0.73), row('CAD', 'USD', '0.730')])).toBe('0.73');
  });
});

it('rows that say nothing are left out', () => {
  const nothing = [
    row('CAD', 'USD', null),
    row('CAD', 'USD', 0),
    row('CAD', 'USD', -0.7),
    row(null, 'USD', 0.7),
    row('CAD', null, 0.7),
    row('USD', 'USD', 1),
    {},
  ];
  expect(read(nothing)).toEqual([]);
  expect(read([row('CAD', 'USD', 0.73)])).toEqual([{ base: 'CAD', quote: 'USD', rate: toAmount('0.73') }]);
});
