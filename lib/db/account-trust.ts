import 'server-only';
import { z } from 'zod';
import type { AccountTrust } from '@/lib/domain/account-trust';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { date, instant } from './schemas';

const accountTrust = z.object({
  name: z.string(),
  institution: z.string(),
  status: z.enum(['active', 'disabled', 'removed']),
  firstKnownOn: date,
  closedOn: date.nullable(),
  lastValueOn: date.nullable(),
  lastAsOf: instant.nullable(),
  heldValues: z.number().int(),
});

/** How well each account of a user is known, with the client's own rights. */
export function readAccountTrust(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly AccountTrust[]> {
  return readAnswer(
    'account_trust',
    client.rpc('account_trust', { p_user_id: userId }),
    z.array(accountTrust),
  );
}
