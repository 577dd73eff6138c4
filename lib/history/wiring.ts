import 'server-only';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { log } from '@/lib/log';
import { fetchDailyCloses } from '@/lib/providers/alpaca/bars';
import { marketDataOptions } from '@/lib/providers/alpaca/wiring';
import { refreshBenchmark } from './benchmark';
import { newestBenchmarkPrice, recordBenchmarkPrices } from './store';

/** The fund that follows the S&P 500 most closely and has been traded the longest. */
const SYMBOL = 'SPY';

/** Whether an index to compare with can be offered here. */
export function isBenchmarkOffered(env: Env): boolean {
  return marketDataOptions(env) !== null;
}

/** Fetches missing closes of the S&P 500, where a source is configured. Never throws: a portfolio needs no index. */
export async function refreshBenchmarkPrices(env: Env, requestId: string): Promise<void> {
  const alpaca = marketDataOptions(env);
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
