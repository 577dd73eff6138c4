import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { Env } from '@/lib/env';
import { type RunResult, SETTLE_MINUTES } from '@/lib/fill/run';
import { runFillWith } from '@/lib/fill/wiring';
import type { HistoryGap } from '@/lib/history/document';
import { readHistory } from '@/lib/history/store';

/** What asking for one user's history brought. */
export interface FetchedHistory {
  /** True when days were added, or when none were missing; false when days are missing and none could be had. */
  readonly success: boolean;
  readonly snapshots_created: number;
  readonly date_range: { readonly start: TradingDate; readonly end: TradingDate };
  /** What is still missing, and why. */
  readonly not_available: readonly HistoryGap[];
  readonly run: RunResult;
}

/** Fills one user's gaps of the last `lookbackDays` calendar days while they wait, and says what came of it. */
export async function fetchHistory(
  env: Env,
  user: { readonly id: string; readonly client: SupabaseClient<Database> },
  lookbackDays: number,
  now: Date,
  requestId: string,
): Promise<FetchedHistory> {
  const end = latestClosedSession(now, SETTLE_MINUTES).date;
  const start = addDays(end, -lookbackDays);
  const read = () =>
    readHistory(user.client, {
      userId: user.id,
      from: start,
      to: end,
      due: end,
      reach: addDays(end, -365),
      accountIds: null,
    });

  const before = await read();
  const run = await runFillWith(env, {
    trigger: 'user',
    requestId,
    userId: user.id,
    asked: true,
    lookBackDays: lookbackDays,
  });
  const after = await read();

  const created = after.coverage.presentDays - before.coverage.presentDays;
  const isLinked = after.connections.length > 0;
  return {
    success: isLinked && (created > 0 || after.gaps.length === 0),
    snapshots_created: created,
    date_range: { start, end },
    not_available: after.gaps,
    run,
  };
}
