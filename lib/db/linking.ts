import 'server-only';
import { z } from 'zod';
import type { Instant } from '@/lib/domain/trading-date';
import type { ListedConnection, ProviderId } from '@/lib/providers/provider';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';
import { instant } from './schemas';

/** A user as a provider knows them. */
interface ProviderUserKey {
  readonly userId: string;
  readonly provider: ProviderId;
}

const providerUser = z.object({
  ciphertext: z.string(),
  portal_opened_at: instant.nullable(),
});

/** A user's encrypted credentials at a provider; null before the provider came to know them. */
export interface ProviderUser {
  readonly ciphertext: string;
  /** When they last left for the provider's pages, while something may have been linked there that nobody told us of. */
  readonly portalOpenedAt: Instant | null;
}

export async function readProviderUser(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
): Promise<ProviderUser | null> {
  const call = client
    .from('provider_users')
    .select('ciphertext, portal_opened_at')
    .eq('user_id', userId)
    .eq('provider', provider)
    .maybeSingle();
  const row = await readAnswer('provider_users', call, providerUser.nullable());
  return row === null ? null : { ciphertext: row.ciphertext, portalOpenedAt: row.portal_opened_at };
}

/**
 * Keeps credentials unless there are others than `replaces` already; returns the ones that stand. `externalId` is the registration
 * that they came from, which is settled by it.
 */
export function keepProviderUser(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
  ciphertext: string,
  replaces: string | null,
  externalId: string | null,
): Promise<string> {
  const call = client.rpc('keep_provider_user', {
    p_user_id: userId,
    p_provider: provider,
    p_ciphertext: ciphertext,
    p_replaces: orNull(replaces),
    p_external_id: orNull(externalId),
  });
  return readAnswer('keep_provider_user', call, z.string());
}

/** Notes that a user leaves for the provider's pages, from which nobody may ever tell us what they did there. */
export async function notePortalOpened(
  client: SupabaseClient<Database>,
  { userId, provider }: ProviderUserKey,
  now: Date,
): Promise<void> {
  const call = client
    .from('provider_users')
    .update({ portal_opened_at: now.toISOString() })
    .eq('user_id', userId)
    .eq('provider', provider);
  await readAnswer('provider_users', call, z.null());
}

const confirmed = z.object({
  connectionId: z.uuid(),
  externalId: z.string(),
  institution: z.string(),
  /** `linked` and `mended` are due at once; `unlinked` is one that its user took back, and stays so. */
  outcome: z.enum(['linked', 'mended', 'known', 'unlinked']),
});

/** What became of a connection that the provider lists for a user. */
export type ConfirmedConnection = z.infer<typeof confirmed>;

export interface Confirmation extends ProviderUserKey {
  readonly ciphertext: string;
  readonly listed: readonly ListedConnection[];
  /** What the values are when they are not a real brokerage's, for somebody who has no portfolio yet. */
  readonly dataNotice: string | null;
}

/** Takes in the connections that a provider lists for a user: twice is once, and at once too. */
export function confirmConnections(
  client: SupabaseClient<Database>,
  { userId, provider, ciphertext, listed, dataNotice }: Confirmation,
  now: Date,
): Promise<readonly ConfirmedConnection[]> {
  const call = client.rpc('confirm_connections', {
    p_user_id: userId,
    p_provider: provider,
    p_ciphertext: ciphertext,
    p_listed: listed.map((one) => ({ ...one })),
    p_data_notice: orNull(dataNotice),
    p_now: now.toISOString(),
  });
  return readAnswer('confirm_connections', call, z.array(confirmed));
}
