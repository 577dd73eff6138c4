import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import { BACKFILL_STATES, type BackfillState } from '@/lib/domain/states';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { FillRecord } from '@/lib/fill/record';
import { type ClaimedConnection, claimedConnections, type FillStore, type Lease } from '@/lib/fill/store';
import {
  type Backfill,
  type BackfillAccount,
  type BackfillPreview,
  type BackfillRun,
  type BackfillScope,
  backfill,
  backfillAccount,
  backfillPreview,
  backfillWithRuns,
} from './document';

type Client = SupabaseClient<Database>;

/** A scope with whom can be asked, and for what. */
export interface ReachableScope extends BackfillScope {
  /** The first day that providers can still be asked for. */
  readonly reach: TradingDate;
  /** The sources that are switched on. */
  readonly providers: readonly string[];
}

function scopeArguments(scope: ReachableScope) {
  return {
    p_user_id: orNull(scope.userId),
    p_provider: orNull(scope.provider),
    p_institution: orNull(scope.institution),
    p_reason: orNull(scope.reason),
    p_from: scope.from,
    p_to: scope.to,
    p_reach: scope.reach,
    p_providers: [...scope.providers],
  };
}

/** What a backfill would be about and cost; `captureDay` is the day that a connection's current values still bring. */
export function previewBackfill(
  client: Client,
  scope: ReachableScope,
  captureDay: TradingDate | null,
): Promise<BackfillPreview> {
  const call = client.rpc('preview_backfill', {
    ...scopeArguments(scope),
    p_capture_day: orNull(captureDay),
  });
  return readAnswer('preview_backfill', call, backfillPreview);
}

/** Opens a backfill; `created` is false when the same one is under way already, whose id it then is. */
export function openBackfill(
  client: Client,
  scope: ReachableScope,
  asked: { readonly by: string; readonly note: string | null },
  now: Date,
): Promise<{ readonly id: string; readonly created: boolean }> {
  const call = client.rpc('open_backfill', {
    ...scopeArguments(scope),
    p_requested_by: asked.by,
    p_note: orNull(asked.note),
    p_now: now.toISOString(),
  });
  return readAnswer('open_backfill', call, z.object({ id: z.uuid(), created: z.boolean() }));
}

/** Notes that a run works for a backfill; false when the backfill has ended. */
function startBackfill(client: Client, id: string, runId: string): Promise<boolean> {
  const call = client.rpc('start_backfill', { p_request_id: id, p_run_id: runId });
  return readAnswer('start_backfill', call, z.boolean());
}

/** Leases the next connections of a backfill to a worker; none when it has ended or every one was tried. */
function claimBackfill(
  client: Client,
  id: string,
  lease: Lease,
  now: Date,
): Promise<readonly ClaimedConnection[]> {
  const call = client.rpc('claim_backfill', {
    p_request_id: id,
    p_worker: lease.worker,
    p_limit: lease.limit,
    p_lease_seconds: lease.seconds,
    p_now: now.toISOString(),
    p_providers: [...lease.providers],
  });
  return readAnswer('claim_backfill', call, claimedConnections);
}

/** Notes that a connection of a backfill was answered for. */
async function settleBackfill(client: Client, id: string, connectionId: string, now: Date): Promise<void> {
  const call = client.rpc('settle_backfill', {
    p_request_id: id,
    p_connection_id: connectionId,
    p_now: now.toISOString(),
  });
  await readAnswer('settle_backfill', call, z.unknown());
}

/** Ends a backfill that is over; says how it stands, and whether some connection can be asked right now. */
export function finishBackfill(
  client: Client,
  id: string,
  now: Date,
): Promise<{ readonly status: BackfillState; readonly canGoOn: boolean }> {
  const call = client.rpc('finish_backfill', { p_request_id: id, p_now: now.toISOString() });
  return readAnswer(
    'finish_backfill',
    call,
    z.object({ status: z.enum(BACKFILL_STATES), canGoOn: z.boolean() }),
  );
}

/** Stops a backfill; false when none is under way with this id. */
export function cancelBackfill(
  client: Client,
  id: string,
  asked: { readonly by: string; readonly note: string | null },
  now: Date,
): Promise<boolean> {
  const call = client.rpc('cancel_backfill', {
    p_request_id: id,
    p_actor_id: asked.by,
    p_note: orNull(asked.note),
    p_now: now.toISOString(),
  });
  return readAnswer('cancel_backfill', call, z.boolean());
}

/** The ids of the backfills under way, oldest first. */
export function readActiveBackfills(client: Client): Promise<readonly string[]> {
  return readAnswer('active_backfills', client.rpc('active_backfills'), z.array(z.uuid()));
}

/** One backfill with its runs; null when there is none with this id. */
export function readBackfill(
  client: Client,
  id: string,
): Promise<(Backfill & { readonly runs: readonly BackfillRun[] }) | null> {
  const call = client.rpc('read_backfill', { p_request_id: id });
  return readAnswer('read_backfill', call, backfillWithRuns.nullable());
}

/** Backfills, newest first; `before` is the last one of the page before. */
export function listBackfills(
  client: Client,
  page: { readonly before: string | null; readonly limit: number },
): Promise<readonly Backfill[]> {
  const call = client.rpc('list_backfills', {
    p_before: orNull(page.before),
    p_limit: page.limit,
  });
  return readAnswer('list_backfills', call, z.array(backfill));
}

/** What a backfill brought, account by account; `after` is the last account of the page before. */
export function readBackfillResults(
  client: Client,
  id: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<readonly BackfillAccount[]> {
  const call = client.rpc('backfill_results', {
    p_request_id: id,
    p_after: orNull(page.after),
    p_limit: page.limit,
  });
  return readAnswer('backfill_results', call, z.array(backfillAccount));
}

/** The brokerages that users are linked to. */
export function readLinkedBrokerages(
  client: Client,
): Promise<readonly { readonly provider: string; readonly institution: string }[]> {
  const call = client.rpc('linked_brokerages');
  return readAnswer(
    'linked_brokerages',
    call,
    z.array(z.object({ provider: z.string(), institution: z.string() })),
  );
}

/**
 * Limits the claims of the worker to the connections of a backfill: it claims those, and notes which of them were answered for.
 * Everything else about a fill stays as it is.
 */
export function filterClaimsToBackfill(
  store: FillStore,
  client: SupabaseClient<Database>,
  id: string,
): FillStore {
  return {
    ...store,
    openRun: async (run, now) => {
      const abandoned = await store.openRun(run, now);
      await startBackfill(client, id, run.id);
      return abandoned;
    },
    // Lost snapshots and other due work are left to the ticks.
    publishMissing: async () => 0,
    markDue: async () => 0,
    claim: (_scope, lease, now) => claimBackfill(client, id, lease, now),
    record: async (connectionId, worker, fill, now) => {
      const recorded = await store.record(connectionId, worker, fill, now);
      if (isAnswered(fill)) await settleBackfill(client, id, connectionId, now);
      return recorded;
    },
  };
}

/** A broken connection is an answer: asking it again brings nothing before its user reconnects it. */
function isAnswered({ connection: { succeeded, status } }: FillRecord): boolean {
  return succeeded || status === 'disabled';
}
