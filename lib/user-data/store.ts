import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readAnswer } from '@/lib/db/rpc';
import { type DeletionReceipt, deletionReceipt, type UserExport, userExport } from './document';

/** Everything that is stored about a user, without secrets. */
export function readUserExport(client: SupabaseClient<Database>, userId: string): Promise<UserExport> {
  return readAnswer('export_user', client.rpc('export_user', { p_user_id: userId }), userExport);
}

/** Deletes a user with everything that is stored about them; null when there is no such user. */
export function deleteUser(
  client: SupabaseClient<Database>,
  userId: string,
  now: Date,
): Promise<DeletionReceipt | null> {
  const call = client.rpc('delete_user', { p_user_id: userId, p_now: now.toISOString() });
  return readAnswer('delete_user', call, deletionReceipt.nullable());
}

/** What was deleted with a user, by the receipt's id; null for an id that nobody was given. */
export async function readDeletion(
  client: SupabaseClient<Database>,
  id: string,
): Promise<DeletionReceipt | null> {
  const call = client.from('user_deletions').select('id, deletedAt:deleted_at, deleted').eq('id', id);
  const [receipt] = await readAnswer('user_deletions', call, deletionReceipt.array());
  return receipt ?? null;
}
