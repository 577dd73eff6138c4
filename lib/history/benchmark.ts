import type { BenchmarkClose } from '@/lib/domain/benchmark';
import { latestClosedSession, type TradingSession } from '@/lib/domain/nyse-calendar';
import { periodRange } from '@/lib/domain/period';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import { SETTLE_MINUTES } from '@/lib/fill/run';

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
