import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Amount, addAmounts, isZero, subtractAmounts, toAmount, toCurrency } from '@/lib/domain/money';

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
