import 'server-only';
import { claimBackfill, settleBackfill, startBackfill } from '@/lib/db/backfill';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import type { FillRecord, FillStore } from '@/lib/fill/store';

/**
 * Narrows the worker down to the connections of a backfill: it claims those, and notes which of them were answered for.
 * Everything else about a fill stays as it is.
 */
export function narrowToBackfill(store: FillStore, client: SupabaseClient<Database>, id: string): FillStore {
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

/** A broken connection is an answer: asking it again brings nothing before its user mends it. */
function isAnswered({ connection: { succeeded, status } }: FillRecord): boolean {
  return succeeded || status === 'disabled';
}
