import 'server-only';
import type { Env } from '@/lib/config/env';
import type { HistoryDocument } from '@/lib/domain/history';
import { runConfiguredFill } from '@/lib/fill/configured-fill';
import { log } from '@/lib/log';

/** Whether a history has gaps that may be asked for right now. */
export function hasFillableGaps({ gaps }: Pick<HistoryDocument, 'gaps'>, now: Date): boolean {
  return gaps.some(
    ({ final, nextAttemptAt }) => !final && (nextAttemptAt === null || new Date(nextAttemptAt) <= now),
  );
}

/** Fills what a looking user's history lacks, after the answer was sent; the next look shows it. Never throws. */
export async function fillOnLook(
  env: Env,
  userId: string,
  history: HistoryDocument,
  requestId?: string,
): Promise<void> {
  if (!hasFillableGaps(history, new Date())) return;
  try {
    await runConfiguredFill(env, {
      trigger: 'look',
      ...(requestId === undefined ? {} : { requestId }),
      userId,
      asked: false,
      lookBackDays: 365,
    });
  } catch (error) {
    log('warn', 'fill_on_look_failed', {
      requestId,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}
