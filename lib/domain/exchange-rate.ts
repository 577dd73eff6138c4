import { type Amount, type Currency, Exact } from './money';
import type { TradingDate } from './trading-date';

/** Two currencies between which a rate is wanted: what one unit of the base currency is worth in the quote currency. */
export interface CurrencyPair {
  readonly base: Currency;
  readonly quote: Currency;
}

/** The rate of a pair on a calendar day. */
export interface ExchangeRate extends CurrencyPair {
  readonly date: TradingDate;
  /** Above zero. */
  readonly rate: Amount;
}

/** The reference rates that were published for one day: what one euro is worth in each other currency. */
export interface ReferenceRates {
  readonly date: TradingDate;
  readonly perEuro: ReadonlyMap<Currency, Amount>;
}

export const EURO = 'EUR' as Currency;

/**
 * No rates are published on weekends and on the central banks' holidays, so a day without its own takes the newest one that
 * is at most this many calendar days older: Easter, the longest closure, lasts four. What is older says nothing of the day.
 */
export const RATE_AGE_DAYS_MAX = 4;

/** Digits of a rate that was divided: far more than any market quotes. */
const RATE_DIGITS = 18;

const ONE = new Exact(1).toFixed() as Amount;

/** The rate of a pair on a day, by way of the euro; null when one of the two currencies has none, which is never a rate of 1. */
export function crossRate(
  { date, perEuro }: ReferenceRates,
  { base, quote }: CurrencyPair,
): ExchangeRate | null {
  const basePerEuro = base === EURO ? ONE : perEuro.get(base);
  const quotePerEuro = quote === EURO ? ONE : perEuro.get(quote);
  if (basePerEuro === undefined || quotePerEuro === undefined) return null;
  const rate = new Exact(quotePerEuro).div(basePerEuro).toSignificantDigits(RATE_DIGITS);
  return { base, quote, date, rate: rate.toFixed() as Amount };
}

/** Every rate of a pair within some days of reference rates. */
export function crossRates(days: readonly ReferenceRates[], pair: CurrencyPair): readonly ExchangeRate[] {
  return days.flatMap((day) => crossRate(day, pair) ?? []);
}
