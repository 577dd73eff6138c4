import { decryptCredentials } from '@/lib/credentials';
import { AppError } from '@/lib/errors';
import { forget } from './confirm-links';
import type { LinkingDependencies, Unlinked } from './linking';

/**
 * Unlinks one of a user's connections and then lets the provider forget it; the past of its accounts stays. Whether the
 * provider hears it changes nothing for the user. Throws `AppError`, `not_found` for a connection that is not theirs.
 */
export async function unlink(
  userId: string,
  connectionId: string,
  dependencies: LinkingDependencies,
): Promise<Unlinked> {
  const { store, credentialsKey, clock } = dependencies;
  // Read before, since unlinking deletes the credentials.
  const access = await store.readAccess(userId, connectionId);
  const unlinked = await store.unlink(userId, connectionId, clock());
  if (unlinked === null) throw new AppError('not_found', 'You have no connection with this id.');
  if (access !== null && access.ciphertext !== null) {
    const credentials = decryptCredentials(access.ciphertext, credentialsKey);
    await forget({ externalId: access.externalId, credentials }, dependencies);
  }
  return unlinked;
}
