import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import type { AuditAction, RunStatus, RunTrigger } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import {
  type AuditEntry,
  auditEntry,
  type CaptureHealth,
  type CaptureOfAll,
  captureHealth,
  captureOfAll,
  type Run,
  run,
} from './document';

/** A run without a sign of life for this long has died with its process. */
export const SILENT_SECONDS = 15 * 60;

/** Opens a run and closes dead ones; returns how many were dead. */
export function openRun(
  client: SupabaseClient<Database>,
  opened: {
    readonly id: string;
    readonly trigger: RunTrigger;
    readonly tradingDay: TradingDate;
    readonly requestedBy: string | null;
    readonly requestId: string | null;
  },
  now: Date,
): Promise<number> {
  const call = client.rpc('open_run', {
    p_id: opened.id,
    p_trigger: opened.trigger,
    p_trading_day: opened.tradingDay,
    p_requested_by: orNull(opened.requestedBy),
    p_now: now.toISOString(),
    p_silent_seconds: SILENT_SECONDS,
    p_request_id: orNull(opened.requestId),
  });
  return readAnswer('open_run', call, z.number().int());
}

/** Closes a run with its counts and reasons. */
export async function finishRun(
  client: SupabaseClient<Database>,
  finished: {
    readonly id: string;
    readonly status: RunStatus;
    readonly counts: Readonly<Record<string, number>>;
    readonly reasons: Readonly<Record<string, number>>;
  },
  now: Date,
): Promise<void> {
  const call = client.rpc('finish_run', {
    p_id: finished.id,
    p_status: finished.status,
    p_counts: finished.counts,
    p_reasons: finished.reasons,
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
  return readAnswer('list_runs', call, z.array(run));
}

/** One run; null when there is none with this id. */
export function readRun(client: SupabaseClient<Database>, id: string): Promise<Run | null> {
  return readAnswer('run_document', client.rpc('run_document', { p_id: id }), run.nullable());
}

export interface AuditRead {
  readonly actorId: string | null;
  readonly action: AuditAction | null;
  /** The last entry of the page before. */
  readonly before: number | null;
  readonly limit: number;
}

/** What administrators did, newest first. */
export function listAudit(client: SupabaseClient<Database>, read: AuditRead): Promise<readonly AuditEntry[]> {
  const call = client.rpc('list_audit', {
    p_actor_id: orNull(read.actorId),
    p_action: orNull(read.action),
    p_before: orNull(read.before),
    p_limit: read.limit,
  });
  return readAnswer('list_audit', call, z.array(auditEntry));
}

/** Notes that an administrator looks at the money of users: once for each of them and hour. */
export async function recordViews(
  client: SupabaseClient<Database>,
  { actorId, userIds }: { readonly actorId: string; readonly userIds: readonly string[] },
  now: Date,
): Promise<void> {
  const call = client.rpc('record_views', {
    p_actor_id: actorId,
    p_user_ids: [...userIds],
    p_now: now.toISOString(),
  });
  await readAnswer('record_views', call, z.unknown());
}

/** How complete a trading day is among working connections, and the last scheduled run. */
export function readCaptureHealth(
  client: SupabaseClient<Database>,
  day: TradingDate,
): Promise<CaptureHealth> {
  return readAnswer('capture_health', client.rpc('capture_health', { p_day: day }), captureHealth);
}

/** How complete a trading day is among all accounts, those behind broken connections included. */
export function readCaptureOfAll(client: SupabaseClient<Database>, day: TradingDate): Promise<CaptureOfAll> {
  const call = client.rpc('capture_of', { p_day: day, p_only_working: false });
  return readAnswer('capture_of', call, captureOfAll);
}

/** The user who signs in with an e-mail address; null when nobody does. For operators. */
export function findUserByEmail(client: SupabaseClient<Database>, email: string): Promise<string | null> {
  return readAnswer(
    'user_with_email',
    client.rpc('user_with_email', { p_email: email }),
    z.uuid().nullable(),
  );
}

/** A user's e-mail address; null when there is no such user. For operators. */
export function readUserEmail(client: SupabaseClient<Database>, userId: string): Promise<string | null> {
  return readAnswer('user_email', client.rpc('user_email', { p_user_id: userId }), z.string().nullable());
}
