import 'server-only';
import { z } from 'zod';
import type { BenchmarkClose, BenchmarkId } from '@/lib/domain/benchmark';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { amount, date } from './schemas';

/** The newest day that a source has told; null when it has told none. */
export function newestBenchmarkPrice(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  source: string,
): Promise<TradingDate | null> {
  const call = client.rpc('newest_benchmark_price', { p_benchmark: benchmark, p_source: source });
  return readAnswer('newest_benchmark_price', call, date.nullable());
}

/** Stores closes; returns how many days are new or changed. */
export function recordBenchmarkPrices(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  source: string,
  prices: readonly BenchmarkClose[],
): Promise<number> {
  const call = client.rpc('record_benchmark_prices', {
    p_benchmark: benchmark,
    p_source: source,
    p_prices: prices.map(({ date: day, close }) => ({ date: day, close })),
  });
  return readAnswer('record_benchmark_prices', call, z.number().int());
}

const closes = z.object({
  source: z.string(),
  points: z.array(z.object({ date, close: amount })),
});

/** Closes between two days, oldest first, and their source; null when none is known. `from` null starts with the first. */
export function readBenchmarkCloses(
  client: SupabaseClient<Database>,
  benchmark: BenchmarkId,
  from: TradingDate | null,
  to: TradingDate,
): Promise<z.infer<typeof closes> | null> {
  const call = client.rpc('benchmark_closes', { p_benchmark: benchmark, p_from: orNull(from), p_to: to });
  return readAnswer('benchmark_closes', call, closes.nullable());
}
