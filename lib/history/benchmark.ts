import 'server-only';
import { z } from 'zod';
import { type Database, type SupabaseClient, serviceClient } from '@/lib/db/clients';
import { amount, date, orNull, readAnswer } from '@/lib/db/rpc';
import type { BenchmarkClose, BenchmarkId } from '@/lib/domain/benchmark';
import { latestClosedSession, type TradingSession } from '@/lib/domain/nyse-calendar';
import { periodRange } from '@/lib/domain/period';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { Env } from '@/lib/env';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { log } from '@/lib/log';
import { type AlpacaOptions, fetchDailyCloses } from '@/lib/providers/alpaca/bars';

interface BenchmarkDependencies {
  /** The newest day that is stored; null when nothing is. */
  readonly newest: () => Promise<TradingDate | null>;
  readonly fetchCloses: (from: TradingDate, through: TradingSession) => Promise<readonly BenchmarkClose[]>;
  readonly record: (prices: readonly BenchmarkClose[]) => Promise<number>;
}

/**
 * Fetches the closes of an index that are missing up to the latest closed session, with one request: as far back as the longest
 * named period at first, then what came since. Asks nobody when nothing is missing. Returns how many days are new or changed;
 * throws `ProviderError` when the source does not answer.
 */
export async function refreshBenchmark(
  now: Date,
  { newest, fetchCloses, record }: BenchmarkDependencies,
): Promise<number> {
  const latest = latestClosedSession(now, SETTLE_MINUTES);
  const known = await newest();
  if (known !== null && known >= latest.date) return 0;
  const from = known === null ? periodRange('5Y', latest.date, null).from : addDays(known, 1);
  const closes = await fetchCloses(from, latest);
  return closes.length === 0 ? 0 : record(closes);
}

/** The newest day that a source has reported; null when it has reported none. */
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

/** The fund that follows the S&P 500 most closely and has been traded the longest. */
const SYMBOL = 'SPY';
const TIMEOUT_MS = 15_000;

/** Whether an index to compare with can be offered here. */
export function isBenchmarkOffered(env: Env): boolean {
  return alpacaOptions(env) !== null;
}

/** Fetches missing closes of the S&P 500, where a source is configured. Never throws: a portfolio needs no index. */
export async function refreshBenchmarkPrices(env: Env, requestId: string): Promise<void> {
  const alpaca = alpacaOptions(env);
  if (alpaca === null) return;
  const client = serviceClient(env, requestId);
  const source = env.BENCHMARK_SOURCE;
  try {
    const days = await refreshBenchmark(new Date(), {
      newest: () => newestBenchmarkPrice(client, 'sp500', source),
      fetchCloses: (from, through) => fetchDailyCloses(alpaca, SYMBOL, from, through),
      record: (prices) => recordBenchmarkPrices(client, 'sp500', source, prices),
    });
    if (days > 0) log('info', 'benchmark_refreshed', { requestId, days });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log('warn', 'benchmark_not_refreshed', { requestId, message });
  }
}

function alpacaOptions(env: Env): AlpacaOptions | null {
  const { ALPACA_API_KEY_ID: keyId, ALPACA_API_SECRET_KEY: secretKey } = env;
  if (keyId === undefined || secretKey === undefined) return null;
  return { keyId, secretKey, baseUrl: env.ALPACA_DATA_BASE_URL, timeoutMs: TIMEOUT_MS };
}
