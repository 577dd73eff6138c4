import { forgetConnections } from '@/lib/connections/linking';
import type { LinkingDependencies } from '@/lib/connections/registration';
import { readConnections } from '@/lib/connections/store';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { AppError } from '@/lib/errors';
import type { DeletionReceipt } from './document';
import { deleteUser } from './store';

/**
 * Deletes a user with everything that is stored about them, here and at the provider. The provider comes first, while the
 * credentials are still here; whatever it cannot do now does not keep the user, and is tried again by the watch route. Throws
 * `AppError`, `not_found` when the user is gone already.
 */
export async function deleteEverything(
  client: SupabaseClient<Database>,
  userId: string,
  linking: LinkingDependencies,
): Promise<DeletionReceipt> {
  const connections = await readConnections(client, userId);
  await forgetConnections(
    userId,
    connections.map(({ id }) => id),
    linking,
  );
  const receipt = await deleteUser(client, userId, linking.clock());
  if (receipt === null) throw new AppError('not_found', 'This user is deleted already.');
  linking.log('info', 'user_deleted', { receipt: receipt.id });
  return receipt;
}
