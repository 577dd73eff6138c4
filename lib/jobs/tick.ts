import 'server-only';
import { runAlertCheck, runCalendarCheck } from '@/lib/alerts/wiring';
import type { Env } from '@/lib/env';
import { drawDueEstimates } from '@/lib/estimates/wiring';
import type { RunResult } from '@/lib/fill/run';
import { endOfFill, runFillWith } from '@/lib/fill/wiring';
import { refreshBenchmarkPrices } from '@/lib/history/wiring';
import { log } from '@/lib/log';

/** The longest that the estimates of one account may take, prices that do not come included. */
const ESTIMATE_MS = 20_000;

/**
 * One scheduled tick: fills whatever is due, for everybody, fetches what a benchmark lacks and has the calendar checked meanwhile,
 * estimates what users allow, and then alerts somebody to what is wrong, its own failure included.
 */
export async function runTick(
  env: Env,
  { trigger, requestId }: { readonly trigger: 'cron' | 'api_key'; readonly requestId: string },
): Promise<RunResult> {
  const startedAtMs = Date.now();
  const aside = [refreshBenchmarkPrices(env, requestId), runCalendarCheck(env, requestId)];
  try {
    const result = await runFillWith(env, {
      trigger,
      requestId,
      userId: null,
      asked: false,
      lookBackDays: null,
    });
    // Last, when all that the sources give is there; what there is no time for is left to the next tick.
    const stopAt = new Date(endOfFill(env, startedAtMs) - ESTIMATE_MS);
    await drawDueEstimates(env, { requestId, userId: null, stopAt });
    return result;
  } finally {
    await Promise.all(aside);
    // What was filled stays filled, whatever becomes of the alert; the next tick or check delivers it.
    await runAlertCheck(env, requestId).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      log('error', 'watch_failed', { requestId, message });
    });
  }
}
