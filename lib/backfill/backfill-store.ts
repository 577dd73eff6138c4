import type { ClaimedConnection, FillRecord } from '@/lib/db/fill';
import type { FillStore } from '@/lib/fill/fill-store';

/** The database functions of one backfill, as `lib/db` provides them. */
export interface BackfillLedger {
  start(runId: string): Promise<boolean>;
  claim(
    lease: { worker: string; limit: number; seconds: number },
    now: Date,
  ): Promise<readonly ClaimedConnection[]>;
  settle(connectionId: string, now: Date): Promise<void>;
}

/**
 * Narrows the worker down to the connections of a backfill: it claims those, and notes which of them were answered for.
 * Everything else about a fill stays as it is.
 */
export function narrowToBackfill(store: FillStore, ledger: BackfillLedger): FillStore {
  return {
    ...store,
    openRun: async (run, now) => {
      const abandoned = await store.openRun(run, now);
      await ledger.start(run.id);
      return abandoned;
    },
    // Lost snapshots and other due work are left to the ticks.
    publishMissing: async () => 0,
    markDue: async () => 0,
    claim: (_scope, lease, now) => ledger.claim(lease, now),
    record: async (connectionId, worker, fill, now) => {
      const recorded = await store.record(connectionId, worker, fill, now);
      if (isAnswered(fill)) await ledger.settle(connectionId, now);
      return recorded;
    },
  };
}

/** A broken connection is an answer: asking it again brings nothing before its user mends it. */
function isAnswered({ connection: { succeeded, status } }: FillRecord): boolean {
  return succeeded || status === 'disabled';
}
