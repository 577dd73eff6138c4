import type { ReferenceRates } from '@/lib/domain/exchange-rate';
import type { TradingDate } from '@/lib/domain/trading-date';

/** The one port through which exchange rates are asked for. Publishers' formats stay behind it. */
export interface ExchangeRateSource {
  /** Recorded beside every rate that came from it. */
  readonly id: string;

  /**
   * What was published for the days since a date, oldest first; a day for which nothing was published has no entry. Costs one
   * request. Throws `ProviderError`.
   */
  ratesSince(from: TradingDate): Promise<readonly ReferenceRates[]>;
}
