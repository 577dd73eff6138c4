import 'server-only';
import { filterClaimsToBackfill, finishBackfill, readActiveBackfills } from '@/lib/backfill/store';
import { serviceClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { REACH_DAYS } from '@/lib/fill/run';
import { endOfFill, runFillWith } from '@/lib/fill/wiring';
import { log } from '@/lib/log';

/** With less time than this left, a run would end before it had asked anything. */
const WORTHWHILE_MS = 15_000;

/**
 * Goes on with every backfill under way, the oldest first, until `endsAt` (in milliseconds): whoever calls next goes on
 * where this one stopped, and two at once share the work. Returns how many it went on with. Never throws: a fault with
 * one stops no other and leaves the rest of it to the next call.
 */
export async function continueBackfills(
  env: Env,
  requestId: string,
  endsAt = endOfFill(env, Date.now()),
): Promise<number> {
  const client = serviceClient(env, requestId);
  const active = await readActiveBackfills(client).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'unavailable') throw error;
    log('warn', 'backfills_not_read', { requestId, message: messageOf(error) });
    return [];
  });
  let continued = 0;
  for (const id of active) {
    if (endsAt - Date.now() < WORTHWHILE_MS) break;
    try {
      const { canGoOn } = await finishBackfill(client, id, new Date());
      if (!canGoOn) continue;
      await runBackfill(env, id, requestId, endsAt);
      continued += 1;
    } catch (error) {
      log('warn', 'backfill_not_continued', { requestId, backfillId: id, message: messageOf(error) });
    }
  }
  return continued;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function runBackfill(env: Env, id: string, requestId: string, endsAt: number): Promise<void> {
  const client = serviceClient(env, requestId);
  await runFillWith(
    env,
    { trigger: 'backfill', requestId, userId: null, asked: false, lookBackDays: REACH_DAYS },
    (store) => filterClaimsToBackfill(store, client, id),
    endsAt,
  );
  const { status } = await finishBackfill(client, id, new Date());
  log('info', 'backfill_continued', { requestId, backfillId: id, status });
}
