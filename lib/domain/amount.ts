/** An exact decimal amount as text, such as `-1234.5` or `0`: the only form in which money crosses a border. */
export type Amount = string & { readonly __brand: 'Amount' };

/**
 * Whether an amount is zero, by its text. Apart from `money.ts`, so that a browser that asks no more than this is
 * spared the decimal arithmetic.
 */
export function isZero(amount: Amount): boolean {
  return !/[1-9]/.test(amount);
}
