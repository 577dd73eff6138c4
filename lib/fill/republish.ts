import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { orNull, readAnswer } from '@/lib/db/rpc';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { ReconcileRules } from '@/lib/domain/reconcile/evidence';
import type { TradingDate } from '@/lib/domain/trading-date';
import { reconcileLine } from './decide';

/** What drawing all conclusions anew came to. */
interface Republished {
  readonly accounts: number;
  /** Published days that changed. */
  readonly days: number;
}

/** How many accounts are listed at once; the Data API gives no more than a thousand rows, and does not say so. */
const ACCOUNTS_PER_PAGE = 500;

/** Before any evidence. */
const BEGINNING = '1900-01-01' as TradingDate;

/**
 * Draws all conclusions anew, of one user or of everybody: verdicts, movements and standings of each account from its whole evidence,
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
    const call = client.rpc('republish', {
      p_user_id: orNull(owner),
      p_from: BEGINNING,
      p_to: latestClosedSession(now, 0).date,
      p_now: now.toISOString(),
    });
    days += await readAnswer('republish', call, z.number().int());
  }
  return { accounts, days };
}

const accountRows = z.array(z.object({ id: z.uuid(), line_id: z.uuid() }));

async function* listAccounts(client: SupabaseClient<Database>, userId: string | null) {
  for (let after: string | null = NOBODY; after !== null; ) {
    const all = client.from('accounts').select('id, line_id').gt('id', after);
    const own = userId === null ? all : all.eq('user_id', userId);
    const page: z.infer<typeof accountRows> = await readAnswer(
      'accounts',
      own.order('id').limit(ACCOUNTS_PER_PAGE),
      accountRows,
    );
    for (const { id, line_id: lineId } of page) yield { id, lineId };
    after = page.at(-1)?.id ?? null;
  }
}

const userRows = z.array(z.object({ user_id: z.uuid() }));

async function* listUsers(client: SupabaseClient<Database>, userId: string | null): AsyncGenerator<string> {
  if (userId !== null) {
    yield userId;
    return;
  }
  for (let after: string | null = NOBODY; after !== null; ) {
    const call = client.from('portfolios').select('user_id').gt('user_id', after);
    const page: z.infer<typeof userRows> = await readAnswer(
      'portfolios',
      call.order('user_id').limit(ACCOUNTS_PER_PAGE),
      userRows,
    );
    for (const { user_id: owner } of page) yield owner;
    after = page.at(-1)?.user_id ?? null;
  }
}

/** Comes before every id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';
