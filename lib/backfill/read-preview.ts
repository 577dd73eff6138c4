import 'server-only';
import { z } from 'zod';
import type { Env } from '@/lib/config/env';
import { previewBackfill } from '@/lib/db/backfill';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readUserEmail } from '@/lib/db/users';
import { type BackfillPreview, type BackfillScope, minutesAtLimit } from '@/lib/domain/backfill';
import { backfillRequestsPerMinute } from '@/lib/fill/wiring';
import { checkInput } from '@/lib/http/body';
import { resolveScope, scopeFields } from './backfill-scope';

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
    now,
  );
  const [preview, email] = await Promise.all([
    previewBackfill(client, scope, captureDay),
    scope.userId === null ? null : readUserEmail(client, scope.userId),
  ]);
  return {
    preview,
    scope: { ...scope, email },
    minutes: minutesAtLimit(preview.requests, backfillRequestsPerMinute(env)),
  };
}
