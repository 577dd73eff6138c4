import 'server-only';
import { readBackfill, readBackfillResults } from '@/lib/db/backfill';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import type { BackfillDocument } from '@/lib/domain/backfill';

/** One backfill with what came of it, a page of accounts at a time; null when there is none with this id. */
export async function readBackfillDocument(
  client: SupabaseClient<Database>,
  id: string,
  page: { readonly after: string | null; readonly limit: number },
): Promise<BackfillDocument | null> {
  const [backfill, accounts] = await Promise.all([
    readBackfill(client, id),
    readBackfillResults(client, id, page),
  ]);
  if (backfill === null) return null;
  const next = accounts.length === page.limit ? (accounts.at(-1)?.accountId ?? null) : null;
  return { ...backfill, accounts, next };
}
