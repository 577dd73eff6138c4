import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import type { TradingDate } from '@/lib/domain/trading-date';
import { reconcileLine } from './decide';
import { listAccounts, listUsers, republishSnapshots } from './store';

/** What drawing all conclusions anew came to. */
interface Republished {
  readonly accounts: number;
  /** Published days that changed. */
  readonly days: number;
}

/** Before any evidence. */
const BEGINNING = '1900-01-01' as TradingDate;

/**
 * Draws all conclusions anew, of one user or of everybody: verdicts, movements and statuses of each account from its whole evidence,
 * and then the snapshots. For after a rule has changed; where nothing follows that did not follow before, nothing changes. It can be
 * broken off and run again.
 */
export async function republish(
  client: SupabaseClient<Database>,
  userId: string | null,
  now: Date,
  rules: ReconcileRules,
): Promise<Republished> {
  let accounts = 0;
  let days = 0;
  for await (const { id, lineId } of listAccounts(client, userId)) {
    const drawn = { lineId, accountId: id, from: BEGINNING, why: 'republished' } as const;
    days += await reconcileLine(client, drawn, now, rules);
    accounts += 1;
  }
  for await (const owner of listUsers(client, userId)) {
    days += await republishSnapshots(
      client,
      owner,
      { from: BEGINNING, to: latestClosedSession(now, 0).date },
      now,
    );
  }
  return { accounts, days };
}
