import { type Amount, type Currency, Exact } from './money';

/** What one unit of the base currency is worth in the quote currency. */
export interface ExchangeRate {
  readonly base: Currency;
  readonly quote: Currency;
  /** Above zero. */
  readonly rate: Amount;
}

/** Two currencies between which a rate is wanted. */
export type CurrencyPair = Pick<ExchangeRate, 'base' | 'quote'>;

/** Digits of a rate that was turned round: far more than any market quotes. */
const TURNED_DIGITS = 18;

/**
 * The rate of a pair among those given: its own, or else the opposite one turned round. Null when neither is given, or
 * when a pair is given with different rates, since nobody can tell which one is right.
 */
export function findRate(rates: readonly ExchangeRate[], { base, quote }: CurrencyPair): ExchangeRate | null {
  const [direct, ...otherDirect] = listRates(rates, base, quote);
  if (direct !== undefined) return otherDirect.length === 0 ? { base, quote, rate: direct } : null;
  const [opposite, ...otherOpposite] = listRates(rates, quote, base);
  if (opposite === undefined || otherOpposite.length > 0) return null;
  const turned = new Exact(1).div(opposite).toSignificantDigits(TURNED_DIGITS);
  return { base, quote, rate: turned.toFixed() as Amount };
}

/** The different rates that are given for a pair. */
function listRates(rates: readonly ExchangeRate[], base: Currency, quote: Currency): readonly Amount[] {
  return [
    ...new Set(rates.filter((one) => one.base === base && one.quote === quote).map(({ rate }) => rate)),
  ];
}
