import 'server-only';
import { runAlertCheck, runCalendarCheck } from '@/lib/alerts/wiring';
import type { Env } from '@/lib/env';
import type { RunResult } from '@/lib/fill/run';
import { runFillWith } from '@/lib/fill/wiring';
import { refreshBenchmarkPrices } from '@/lib/history/wiring';
import { log } from '@/lib/log';

/**
 * One scheduled tick: fills whatever is due, for everybody, fetches what a benchmark lacks and has the calendar checked meanwhile, and
 * then alerts somebody to what is wrong, its own failure included.
 */
export async function runTick(
  env: Env,
  { trigger, requestId }: { readonly trigger: 'cron' | 'api_key'; readonly requestId: string },
): Promise<RunResult> {
  const aside = [refreshBenchmarkPrices(env, requestId), runCalendarCheck(env, requestId)];
  try {
    return await runFillWith(env, {
      trigger,
      requestId,
      userId: null,
      asked: false,
      lookBackDays: null,
    });
  } finally {
    await Promise.all(aside);
    // What was filled stays filled, whatever becomes of the alert; the next tick or check delivers it.
    await runAlertCheck(env, requestId).catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      log('error', 'watch_failed', { requestId, message });
    });
  }
}
