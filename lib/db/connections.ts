import 'server-only';
import { z } from 'zod';
import type { LinkedConnection } from '@/lib/domain/linked-connection';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { currency, date, instant } from './schemas';

const linkedAccount = z.object({
  id: z.uuid(),
  name: z.string(),
  category: z.enum(['investment', 'deposit', 'credit']),
  currency: currency.nullable(),
  isPaper: z.boolean(),
  firstKnownOn: date,
  closedOn: date.nullable(),
  continues: z.array(z.object({ name: z.string(), institution: z.string() })),
});

const linkedConnection = z.object({
  id: z.uuid(),
  institution: z.string(),
  status: z.enum(['active', 'disabled', 'removed']),
  disabledSince: instant.nullable(),
  linkedAt: instant,
  lastSuccessAt: instant.nullable(),
  isDue: z.boolean(),
  accounts: z.array(linkedAccount),
});

/** A user's connections, also those that were unlinked, with the client's own rights. */
export function readConnections(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly LinkedConnection[]> {
  const call = client.rpc('user_connections', { p_user_id: userId });
  return readAnswer('user_connections', call, z.array(linkedConnection));
}

const access = z.object({
  provider: z.enum(['snaptrade', 'plaid', 'alpaca']),
  externalId: z.string(),
  status: z.enum(['active', 'disabled', 'removed']),
  ciphertext: z.string().nullable(),
});

/** What is needed to speak to a provider about one connection; `ciphertext` is null when it was unlinked. */
export type ConnectionAccess = z.infer<typeof access>;

/** The access to a connection of a user, for the service role; null when this user has no such connection. */
export function readConnectionAccess(
  client: SupabaseClient<Database>,
  userId: string,
  connectionId: string,
): Promise<ConnectionAccess | null> {
  const call = client.rpc('connection_access', { p_user_id: userId, p_connection_id: connectionId });
  return readAnswer('connection_access', call, access.nullable());
}
