import Decimal from 'decimal.js';
import type { Amount } from './amount';

export { type Amount, addAmounts, isZero, subtractAmounts } from './amount';

/** Amounts are exact to 34 significant digits, far beyond any portfolio; nothing rounds on the way. */
export const Exact = Decimal.clone({ precision: 34, toExpNeg: -40, toExpPos: 40 });

/** Three letters of ISO 4217. */
export type Currency = string & { readonly __brand: 'Currency' };

/** The currency of a portfolio unless another was set. */
export const DEFAULT_CURRENCY = 'USD' as Currency;

/** Reads an amount from decimal text or from a number's shortest decimal form; null when it is not a finite number. */
export function toAmount(value: string | number): Amount | null {
  try {
    const parsed = new Exact(value);
    return parsed.isFinite() ? (parsed.toFixed() as Amount) : null;
  } catch {
    return null;
  }
}

/** Reads an ISO 4217 code; null when the text is not three capital letters. */
export function toCurrency(text: string): Currency | null {
  return /^[A-Z]{3}$/.test(text) ? (text as Currency) : null;
}
