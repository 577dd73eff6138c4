import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { RunResult } from '@/lib/fill/run';
import type { FillBench } from './fill-bench';

const AFTER_CLOSE_MS = 90 * 60_000;

/** Ticks once in the evening of every trading day of a range, an hour and a half after its close. */
export async function tickEvenings(
  bench: FillBench,
  from: string,
  to: string,
): Promise<readonly RunResult[]> {
  const runs: RunResult[] = [];
  for (const { closesAt } of tradingSessions(from, to)) {
    runs.push(await bench.tick(new Date(Date.parse(closesAt) + AFTER_CLOSE_MS).toISOString()));
  }
  return runs;
}
