import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { PROVIDER_IDS, type ProviderId } from '@/lib/domain/states';
import type { Env } from '@/lib/env';
import { backfillRequestsPerMinute, switchedOnProviders } from '@/lib/fill/wiring';
import { checkInput } from '@/lib/http/body';
import { readUserEmail } from '@/lib/operations/store';
import type { BackfillDocument, BackfillPreview, BackfillScope } from './document';
import { resolveScope, scopeFields } from './scope';
import { previewBackfill, readBackfill, readBackfillResults } from './store';

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

export interface ShownPreview {
  readonly preview: BackfillPreview;
  readonly scope: BackfillScope & { readonly email: string | null };
  readonly minutes: number;
}

/** What a backfill that is asked for in an address would be about and cost. Throws an `AppError` that says what is wrong. */
export async function readPreview(
  env: Env,
  client: SupabaseClient<Database>,
  query: Readonly<Record<string, string>>,
  now: Date,
): Promise<ShownPreview> {
  const { scope, captureDay } = await resolveScope(
    client,
    checkInput(query, z.strictObject(scopeFields)),
    switchedOnProviders(env),
    now,
  );
  const [preview, email] = await Promise.all([
    previewBackfill(client, scope, captureDay),
    scope.userId === null ? null : readUserEmail(client, scope.userId),
  ]);
  return {
    preview,
    scope: { ...scope, email },
    minutes: minutesAtLimit(preview, backfillRequestsPerMinute(env)),
  };
}

/** How long requests take, in whole minutes; 0 for none. Providers are asked beside each other, each at its own limit. */
export function minutesAtLimit(
  { requestsByProvider }: Pick<BackfillPreview, 'requestsByProvider'>,
  perMinute: Readonly<Partial<Record<ProviderId, number>>>,
): number {
  const minutes = PROVIDER_IDS.map((id) => Math.ceil((requestsByProvider[id] ?? 0) / (perMinute[id] ?? 1)));
  return Math.max(...minutes);
}
