import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { date, instant } from './schemas';

const account = z.object({ id: z.uuid(), name: z.string(), institution: z.string() });

const match = z.object({
  id: z.uuid(),
  account,
  candidate: account.extend({ lastValueOn: date.nullable() }),
  createdAt: instant,
});

/** The question whether an account is the same real account as an earlier one, the candidate. */
export type Match = z.infer<typeof match>;

/** The questions that wait for a user, oldest first, with the client's own rights. */
export function readOpenMatches(client: SupabaseClient<Database>, userId: string): Promise<readonly Match[]> {
  return readAnswer('open_matches', client.rpc('open_matches', { p_user_id: userId }), z.array(match));
}

/** Whose thing is meant. Somebody else's is treated as if it did not exist. */
interface Own {
  readonly userId: string;
  readonly id: string;
}

const decided = z.object({
  proposalId: z.uuid(),
  status: z.enum(['confirmed', 'declined', 'undone']),
  published: z.number().int(),
});

/** Records a user's word on a match; what was said before stays. Null when this user has no such match. */
export function decideMatch(
  client: SupabaseClient<Database>,
  { userId, id, confirm }: Own & { readonly confirm: boolean },
  now: Date,
): Promise<z.infer<typeof decided> | null> {
  const call = client.rpc('decide_match', {
    p_user_id: userId,
    p_proposal_id: id,
    p_confirm: confirm,
    p_now: now.toISOString(),
  });
  return readAnswer('decide_match', call, decided.nullable());
}

const split = z.object({ accountId: z.uuid(), split: z.boolean(), published: z.number().int() });

/** Undoes the joining of an account with others, for good. Null when this user has no such account. */
export function splitAccount(
  client: SupabaseClient<Database>,
  { userId, id }: Own,
  now: Date,
): Promise<z.infer<typeof split> | null> {
  const call = client.rpc('split_account', {
    p_user_id: userId,
    p_account_id: id,
    p_now: now.toISOString(),
  });
  return readAnswer('split_account', call, split.nullable());
}

const unlinked = z.object({
  connectionId: z.uuid(),
  accounts: z.number().int(),
  published: z.number().int(),
});

/**
 * Removes a connection and its credentials; the past of its accounts stays. Says how many accounts are no longer
 * expected. Null when this user has no such connection.
 */
export function unlinkConnection(
  client: SupabaseClient<Database>,
  { userId, id }: Own,
  now: Date,
): Promise<z.infer<typeof unlinked> | null> {
  const call = client.rpc('unlink_connection', {
    p_user_id: userId,
    p_connection_id: id,
    p_now: now.toISOString(),
  });
  return readAnswer('unlink_connection', call, unlinked.nullable());
}
