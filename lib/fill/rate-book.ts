import type { ReferenceRates } from '@/lib/domain/exchange-rate';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { ExchangeRateSource } from '@/lib/providers/exchange-rate-source';

export type RateBook = ReturnType<typeof createRateBook>;

/**
 * The published rates as one run sees them. The source is asked when somebody needs a rate, once, and again only for days
 * before those that it was asked for. A question that failed is not asked a second time in the run: everybody who needs a
 * rate is refused alike.
 */
export function createRateBook(source: ExchangeRateSource) {
  let asked: { readonly from: TradingDate; readonly days: Promise<readonly ReferenceRates[]> } | null = null;

  return {
    sourceId: source.id,
    /** Days since a date, oldest first; it may hold days before it. Throws `ProviderError`. */
    async daysSince(from: TradingDate): Promise<readonly ReferenceRates[]> {
      if (asked === null || (from < asked.from && (await succeeds(asked.days))))
        asked = { from, days: source.ratesSince(from) };
      return asked.days;
    },
  };
}

function succeeds(days: Promise<unknown>): Promise<boolean> {
  return days.then(
    () => true,
    () => false,
  );
}
