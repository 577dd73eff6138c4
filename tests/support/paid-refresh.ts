import type { RunResult } from '@/lib/fill/run';
import type { FillBench } from './fill-bench';
import type { WorkerLimits } from './fill-worker';

/** Runs a bench's worker at an instant as an operator has it who pays for refreshes after the close. */
export function tickWithRefresh(bench: FillBench, at: string, limits: WorkerLimits = {}): Promise<RunResult> {
  return bench.tick(at, { ...limits, refresh: true });
}
