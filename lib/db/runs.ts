import 'server-only';
import { z } from 'zod';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';

export type RunTrigger = 'cron' | 'api_key' | 'user' | 'look' | 'webhook';
export type RunStatus = 'complete' | 'continues' | 'failed';

/** A run without a sign of life for this long has died with its process. */
const SILENT_SECONDS = 15 * 60;

/** Opens a run and closes dead ones; returns how many were dead. */
export function openRun(
  client: SupabaseClient<Database>,
  run: {
    readonly id: string;
    readonly trigger: RunTrigger;
    readonly tradingDay: TradingDate;
    readonly requestedBy: string | null;
    readonly requestId: string | null;
  },
  now: Date,
): Promise<number> {
  const call = client.rpc('open_run', {
    p_id: run.id,
    p_trigger: run.trigger,
    p_trading_day: run.tradingDay,
    p_requested_by: orNull(run.requestedBy),
    p_now: now.toISOString(),
    p_silent_seconds: SILENT_SECONDS,
    p_request_id: orNull(run.requestId),
  });
  return readAnswer('open_run', call, z.number().int());
}

/** Closes a run with its counts and reasons. */
export async function finishRun(
  client: SupabaseClient<Database>,
  run: {
    readonly id: string;
    readonly status: RunStatus;
    readonly counts: Readonly<Record<string, number>>;
    readonly reasons: Readonly<Record<string, number>>;
  },
  now: Date,
): Promise<void> {
  const call = client.rpc('finish_run', {
    p_id: run.id,
    p_status: run.status,
    p_counts: run.counts,
    p_reasons: run.reasons,
    p_now: now.toISOString(),
  });
  await readAnswer('finish_run', call, z.unknown());
}
