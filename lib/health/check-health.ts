import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { type CaptureHealth, readCaptureHealth } from '@/lib/db/health';
import { type CapturePromise, latestSessionPastDeadline } from '@/lib/domain/capture-deadline';
import type { TradingDate } from '@/lib/domain/trading-date';

export type Fault = 'database_unreachable' | 'no_run' | 'last_run_failed' | 'coverage_below_target';

export interface Health {
  readonly healthy: boolean;
  readonly faults: readonly Fault[];
  readonly tradingDay: TradingDate;
  readonly capture: CaptureHealth | null;
}

/** Whether the database answers and the last trading day past its deadline is covered as promised. Never throws. */
export async function checkHealth(
  client: SupabaseClient<Database>,
  promise: CapturePromise,
  now: Date,
): Promise<Health> {
  const tradingDay = latestSessionPastDeadline(now, promise.deadline);
  try {
    const capture = await readCaptureHealth(client, tradingDay);
    const faults = findFaults(capture, tradingDay, promise.target);
    return { healthy: faults.length === 0, faults, tradingDay, capture };
  } catch {
    return { healthy: false, faults: ['database_unreachable'], tradingDay, capture: null };
  }
}

/** What is wrong with the capture of a trading day. With nobody linked there is nothing to capture. */
export function findFaults(
  { expected, present, lastRun }: CaptureHealth,
  tradingDay: TradingDate,
  target: number,
): readonly Fault[] {
  if (expected === 0) return [];
  const faults: Fault[] = [];
  if (lastRun === null || lastRun.tradingDay < tradingDay) faults.push('no_run');
  if (lastRun?.status === 'failed') faults.push('last_run_failed');
  if (present < expected * target) faults.push('coverage_below_target');
  return faults;
}
