import type { Amount } from './money';
import type { TradingDate } from './trading-date';

/** The indices that a reader can compare with. */
export const BENCHMARKS = ['sp500'] as const;
export type BenchmarkId = (typeof BENCHMARKS)[number];

export const BENCHMARK_NAMES: Readonly<Record<BenchmarkId, string>> = { sp500: 'S&P 500' };

/** What one unit of an index, or of a fund that follows it, was worth at the close of a trading day. */
export interface BenchmarkClose {
  readonly date: TradingDate;
  readonly close: Amount;
}
