import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { roundToAmount } from '@/lib/domain/amount';
import {
  type Amount,
  addAmounts,
  Exact,
  isZero,
  subtractAmounts,
  toAmount,
  toCurrency,
} from '@/lib/domain/money';

const cents = fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n });
const fromCents = (value: bigint): Amount => {
  const digits = (value < 0n ? -value : value).toString().padStart(3, '0');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}` as Amount;
};

describe('amounts', () => {
  it('adds what binary floating point cannot', () => {
    expect(addAmounts('0.1' as Amount, '0.2' as Amount)).toBe('0.3');
    expect(addAmounts('9007199254740993' as Amount, '0.01' as Amount)).toBe('9007199254740993.01');
  });

  it('adds and subtracts exactly, whatever the size', () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const sum = addAmounts(fromCents(a), fromCents(b));
        return (
          subtractAmounts(sum, fromCents(b)) === toAmount(fromCents(a)) && isZero(subtractAmounts(sum, sum))
        );
      }),
    );
  });

  it('writes sums and rounded figures as the decimal library does', () => {
    const amounts = fc.tuple(cents, fc.integer({ min: 0, max: 8 })).map(([value, zeros]) => {
      const amount = toAmount(`${value}e-${zeros}`);
      if (amount === null) throw new Error('a whole number is an amount');
      return amount;
    });
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        expect(addAmounts(a, b)).toBe(new Exact(a).plus(b).toFixed());
        expect(subtractAmounts(a, b)).toBe(new Exact(a).minus(b).toFixed());
      }),
    );
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.integer({ min: 0, max: 8 }),
        (value, places) => {
          expect(roundToAmount(value, places)).toBe(toAmount(value.toFixed(places)));
        },
      ),
    );
    expect(roundToAmount(Number.NaN, 2)).toBeNull();
    expect(roundToAmount(Number.POSITIVE_INFINITY, 2)).toBeNull();
  });

  it.each([
    ['15363.23', '15363.23'],
    ['-0.10', '-0.1'],
    [1e21, '1000000000000000000000'],
    [0.1, '0.1'],
    ['0', '0'],
  ])('reads %s', (given, read) => expect(toAmount(given)).toBe(read));

  it.each(['', 'abc', 'NaN', 'Infinity', Number.NaN, Number.POSITIVE_INFINITY])(
    'reads no amount from %s',
    (given) => expect(toAmount(given)).toBeNull(),
  );

  it('knows a currency by three capital letters', () => {
    expect(toCurrency('USD')).toBe('USD');
    expect(toCurrency('usd')).toBeNull();
    expect(toCurrency('DOLLAR')).toBeNull();
  });
});
