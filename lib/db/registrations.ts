import 'server-only';
import { z } from 'zod';
import type { ProviderId } from '@/lib/providers/provider';
import type { Database, SupabaseClient } from './clients';
import { orNull, readAnswer } from './rpc';

/** Longer than one request to a provider can take, with the wait for the request budget before it. */
const LEASE_MS = 60_000;

const turn = z.union([
  z.strictObject({ ciphertext: z.string() }),
  z.strictObject({ waitMs: z.number() }),
  z.strictObject({ externalId: z.string(), attempts: z.number().int() }),
]);

/** What a caller who needs a registration is to do: use the credentials that stand, wait for somebody else, or register. */
export type RegistrationTurn = z.infer<typeof turn>;

/** What came of a registration without credentials. */
export type SettledRegistration = 'lost' | 'taken' | 'orphaned';

export function beginRegistration(
  client: SupabaseClient<Database>,
  { userId, provider }: { readonly userId: string; readonly provider: ProviderId },
  replaces: string | null,
  freshId: string,
  now: Date,
): Promise<RegistrationTurn> {
  const call = client.rpc('begin_registration', {
    p_user_id: userId,
    p_provider: provider,
    p_replaces: orNull(replaces),
    p_fresh_id: freshId,
    p_now: now.toISOString(),
    p_lease_ms: LEASE_MS,
  });
  return readAnswer('begin_registration', call, turn);
}

export async function settleRegistration(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  externalId: string,
  state: SettledRegistration,
): Promise<void> {
  const call = client
    .from('provider_registrations')
    .update({ state })
    .eq('provider', provider)
    .eq('external_id', externalId);
  await readAnswer('provider_registrations', call, z.null());
}

/** Forgets a registration that the provider does not know, or no longer. */
export async function forgetRegistration(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  externalId: string,
): Promise<void> {
  const call = client
    .from('provider_registrations')
    .delete()
    .eq('provider', provider)
    .eq('external_id', externalId);
  await readAnswer('provider_registrations', call, z.null());
}

/** Ids of registrations that are to be deleted at the provider, oldest first. */
export function readOrphanedRegistrations(
  client: SupabaseClient<Database>,
  provider: ProviderId,
  limit: number,
  now: Date,
): Promise<readonly string[]> {
  const call = client.rpc('orphaned_registrations', {
    p_provider: provider,
    p_now: now.toISOString(),
    p_limit: limit,
  });
  return readAnswer('orphaned_registrations', call, z.array(z.string()));
}

/** The registrations of one provider, as linking needs them. */
export function registrationStore(client: SupabaseClient<Database>, provider: ProviderId) {
  return {
    begin: (userId: string, replaces: string | null, freshId: string, now: Date) =>
      beginRegistration(client, { userId, provider }, replaces, freshId, now),
    settle: (externalId: string, state: SettledRegistration) =>
      settleRegistration(client, provider, externalId, state),
    forget: (externalId: string) => forgetRegistration(client, provider, externalId),
    readOrphans: (count: number, now: Date) => readOrphanedRegistrations(client, provider, count, now),
  };
}
