import 'server-only';
import { z } from 'zod';
import { RUN_STATES, RUN_TRIGGERS, type Run, type RunStatus, type RunTrigger } from '@/lib/domain/run';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { date, instant } from './schemas';

const numbers = z.record(z.string(), z.number());

const runDocument = z.object({
  id: z.uuid(),
  trigger: z.enum(RUN_TRIGGERS),
  status: z.enum(RUN_STATES),
  tradingDay: date,
  requestedBy: z.string().nullable(),
  startedAt: instant,
  finishedAt: instant.nullable(),
  aliveAt: instant,
  calls: z.number().int(),
  counts: numbers,
  reasons: numbers,
  backfillId: z.uuid().nullable(),
  requestId: z.uuid().nullable(),
});

/** A run without a sign of life for this long has died with its process. */
export const SILENT_SECONDS = 15 * 60;

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

/** Runs, newest first, or those that failed before all others; `before` is the last one of the page before. */
export function listRuns(
  client: SupabaseClient<Database>,
  page: { readonly failuresFirst: boolean; readonly before: string | null; readonly limit: number },
): Promise<readonly Run[]> {
  const call = client.rpc('list_runs', {
    p_failures_first: page.failuresFirst,
    p_before: orNull(page.before),
    p_limit: page.limit,
  });
  return readAnswer('list_runs', call, z.array(runDocument));
}

/** One run; null when there is none with this id. */
export function readRun(client: SupabaseClient<Database>, id: string): Promise<Run | null> {
  return readAnswer('run_document', client.rpc('run_document', { p_id: id }), runDocument.nullable());
}
