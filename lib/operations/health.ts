import 'server-only';
import { countUndeliveredAlerts } from '@/lib/alerts/store';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { type CapturePromise, latestSessionPastDeadline } from '@/lib/domain/schedule';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { CaptureHealth } from '@/lib/operations/document';
import { readCaptureHealth } from './store';

export type Fault = 'database_unreachable' | 'no_run' | 'last_run_failed' | 'coverage_below_target';

/** What somebody should look at although every capture is in order. */
export type Warning = 'alerts_undelivered';

/** Until then a message to the receiver of alerts may well be in order: a tick tries again. */
const UNDELIVERED_MINUTES = 15;

export interface Health {
  readonly healthy: boolean;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Warning[];
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
  const pendingSince = new Date(now.getTime() - UNDELIVERED_MINUTES * 60_000);
  try {
    const [capture, undelivered] = await Promise.all([
      readCaptureHealth(client, tradingDay),
      countUndeliveredAlerts(client, pendingSince),
    ]);
    const faults = findFaults(capture, tradingDay, promise.target);
    const warnings: Warning[] = undelivered > 0 ? ['alerts_undelivered'] : [];
    return { healthy: faults.length === 0, faults, warnings, tradingDay, capture };
  } catch {
    return { healthy: false, faults: ['database_unreachable'], warnings: [], tradingDay, capture: null };
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
