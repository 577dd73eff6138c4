import type { Amount } from '@/lib/domain/money';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { DateRange } from './provider';

/** The one port through which prices of securities are asked for. Publishers' formats stay behind it. */
export interface PriceSource {
  /** Recorded beside every price that came from it. */
  readonly id: string;

  /**
   * The closes of symbols on the sessions of a range that has closed, as they were traded and in US dollars, and the splits between
   * them. What it does not know has none. Throws `ProviderError`.
   */
  pricesOf(symbols: readonly string[], range: DateRange): Promise<MarketPrices>;
}

export interface MarketPrices {
  readonly closes: readonly { readonly symbol: string; readonly date: TradingDate; readonly close: Amount }[];
  /** `ratio` units stand for each one before. */
  readonly splits: readonly { readonly symbol: string; readonly date: TradingDate; readonly ratio: Amount }[];
}
