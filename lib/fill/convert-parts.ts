import { crossRate, RATE_AGE_DAYS_MAX, type ReferenceRates } from '@/lib/domain/exchange-rate';
import { type Amount, type Currency, Exact } from '@/lib/domain/money';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { addDays } from '@/lib/domain/trading-date';
import { type CurrencyPart, type ProviderAccount, ProviderError } from '@/lib/providers/provider';
import type { RateBook } from './exchange-rates';

/**
 * An account whose worth is known only in parts of several currencies, with its total in one of them: each part at the newest
 * reference rate that was published by the close that the value follows. Without a rate for every part the total stays
 * unknown. What it cost is left out, since rates of the days on which it was bought are not known.
 */
export async function convertParts(
  account: ProviderAccount,
  currency: Currency,
  book: RateBook,
): Promise<ProviderAccount> {
  const { parts, asOf, ...rest } = account;
  if (parts === undefined || asOf === null) return account;
  const closed = latestClosedSession(asOf, 0).date;
  const oldest = addDays(closed, -RATE_AGE_DAYS_MAX);
  try {
    const days = (await book.daysSince(oldest)).filter(({ date }) => date >= oldest && date <= closed);
    const rates = new Map(parts.map((part) => [part, rateBetween(part.currency, currency, days)]));
    const sumOf = (amountOf: (part: CurrencyPart) => Amount): Amount | null => {
      let sum = new Exact(0);
      for (const [part, rate] of rates) {
        if (rate === null) return null;
        sum = sum.plus(new Exact(amountOf(part)).times(rate));
      }
      // To the hundredth of a cent, since a rate is no exact thing.
      return sum.toDecimalPlaces(4).toFixed() as Amount;
    };
    const total = sumOf((part) => part.total);
    if (total === null) return { ...rest, asOf };
    return { ...rest, total, cash: sumOf(({ cash }) => cash), costBasis: null, currency, asOf };
  } catch (error) {
    // The other accounts of the connection lose nothing by it.
    if (error instanceof ProviderError) return { ...rest, asOf };
    throw error;
  }
}

const ONE = new Exact(1).toFixed() as Amount;

/** The newest rate within some days, oldest first; null when there is none. */
function rateBetween(base: Currency, quote: Currency, days: readonly ReferenceRates[]): Amount | null {
  if (base === quote) return ONE;
  return days.reduce<Amount | null>((found, day) => crossRate(day, { base, quote })?.rate ?? found, null);
}
