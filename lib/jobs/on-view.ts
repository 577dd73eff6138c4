import 'server-only';
import type { Env } from '@/lib/env';
import { runFillWith } from '@/lib/fill/wiring';
import type { HistoryDocument } from '@/lib/history/document';
import { runLiveRefresh } from '@/lib/live/wiring';
import { log } from '@/lib/log';

/** Whether a history has gaps that may be asked for right now. */
export function hasFillableGaps({ gaps }: Pick<HistoryDocument, 'gaps'>, now: Date): boolean {
  return gaps.some(
    ({ final, nextAttemptAt }) => !final && (nextAttemptAt === null || new Date(nextAttemptAt) <= now),
  );
}

/**
 * Brings a viewing user's history up to date after the answer was sent, so that the next page view shows it: fills what it lacks, and in
 * session reads live values that are old. Never throws.
 */
export async function fillOnView(
  env: Env,
  userId: string,
  history: HistoryDocument,
  requestId?: string,
): Promise<void> {
  const work: Promise<unknown>[] = [];
  if (hasFillableGaps(history, new Date()))
    work.push(
      runFillWith(env, {
        trigger: 'page_view',
        ...(requestId === undefined ? {} : { requestId }),
        userId,
        asked: false,
        lookBackDays: 365,
      }),
    );
  if (history.market.isOpen) work.push(runLiveRefresh(env, userId, requestId));
  for (const done of await Promise.allSettled(work)) {
    if (done.status === 'fulfilled') continue;
    const message = done.reason instanceof Error ? done.reason.message : String(done.reason);
    log('warn', 'fill_on_look_failed', { requestId, message });
  }
}
