/** An exact decimal amount as text, such as `-1234.5` or `0`: the only form in which money crosses a border. */
export type Amount = string & { readonly __brand: 'Amount' };

/*
 * What a browser asks of amounts: sums, differences and the text of a figure. Whole numbers of the smallest decimal place
 * do that exactly, and spare it a decimal library; `money.ts` has one for whoever multiplies and divides.
 */

/** Whether an amount is zero, by its text. */
export function isZero(amount: Amount): boolean {
  return !/[1-9]/.test(amount);
}

export function addAmounts(...amounts: readonly Amount[]): Amount {
  const places = Math.max(0, ...amounts.map(countPlaces));
  return writeUnits(
    amounts.reduce((sum, amount) => sum + readUnits(amount, places), 0n),
    places,
  );
}

export function subtractAmounts(minuend: Amount, subtrahend: Amount): Amount {
  const places = Math.max(countPlaces(minuend), countPlaces(subtrahend));
  return writeUnits(readUnits(minuend, places) - readUnits(subtrahend, places), places);
}

/** A figure that was worked out in numbers, at so many decimal places; null when it is not a finite number. */
export function roundToAmount(value: number, places: number): Amount | null {
  // From 1e21 on a number's text has an exponent, and no figure of ours is near that.
  if (!Number.isFinite(value) || Math.abs(value) >= 1e21) return null;
  return writeUnits(readUnits(value.toFixed(places), places), places);
}

function countPlaces(amount: string): number {
  const point = amount.indexOf('.');
  return point === -1 ? 0 : amount.length - point - 1;
}

/** Plain decimal text as a whole number of units of its last place, of which there are `places`. */
function readUnits(amount: string, places: number): bigint {
  return BigInt(amount.replace('.', '') + '0'.repeat(places - countPlaces(amount)));
}

/** Without a sign on zero and without zeros at the end, so that equal amounts are equal text. */
function writeUnits(units: bigint, places: number): Amount {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  const fraction = digits.slice(digits.length - places).replace(/0+$/, '');
  return `${units < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}` as Amount;
}
