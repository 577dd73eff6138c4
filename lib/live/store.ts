import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { amount, currency, date, instant, readAnswer } from '@/lib/db/rpc';
import type { Amount, Currency } from '@/lib/domain/money';
import { PROVIDER_IDS, type ProviderId } from '@/lib/domain/states';
import type { Instant } from '@/lib/domain/trading-date';
import type { IntradayPoint } from '@/lib/history/document';
import type { Freshness } from '@/lib/providers/provider';

const staleConnection = z.object({
  id: z.uuid(),
  provider: z.enum(PROVIDER_IDS),
  externalId: z.string(),
  ciphertext: z.string().nullable(),
  /** Null where the provider has to be asked first. */
  accounts: z.array(
    z.object({
      externalId: z.string(),
      currency: currency.nullable(),
      last: z.object({ date, total: amount }).nullable(),
    }),
  ),
});

/** A connection with old live values, which the caller alone may have read now. */
export type StaleConnection = z.infer<typeof staleConnection>;

/** What was found of a connection by looking. */
export interface LiveRead {
  readonly freshness: Freshness;
  readonly live: readonly {
    readonly externalId: string;
    readonly total: Amount;
    readonly currency: Currency;
    readonly source: ProviderId;
    readonly asOf: Instant;
  }[];
}

/** A user's working connections with a value that is as old as `staleBefore` or older; ten callers at once share them. */
export function claimLiveReads(
  client: SupabaseClient<Database>,
  userId: string,
  staleBefore: Date,
  now: Date,
): Promise<readonly StaleConnection[]> {
  const call = client.rpc('claim_live_reads', {
    p_user_id: userId,
    p_stale_before: staleBefore.toISOString(),
    p_now: now.toISOString(),
  });
  return readAnswer('claim_live_reads', call, z.array(staleConnection));
}

/** Records live values and nothing else; returns how many are newer than before. */
export function recordLiveRead(
  client: SupabaseClient<Database>,
  connectionId: string,
  read: LiveRead,
  now: Date,
): Promise<number> {
  const call = client.rpc('record_live_read', {
    p_connection_id: connectionId,
    // The generated type of a jsonb argument knows no interfaces; the record is plain data.
    p_read: JSON.parse(JSON.stringify(read)),
    p_now: now.toISOString(),
  });
  return readAnswer('record_live_read', call, z.number().int());
}

/** A user's totals in session since an instant, oldest first, with the client's own rights. */
export function readIntraday(
  client: SupabaseClient<Database>,
  userId: string,
  since: Instant,
): Promise<readonly IntradayPoint[]> {
  const call = client.rpc('intraday_points', { p_user_id: userId, p_since: since });
  return readAnswer('intraday_points', call, z.array(z.object({ at: instant, value: amount })));
}
