import { decryptCredentials } from '@/lib/credentials';
import type { ConfirmedConnection } from '@/lib/db/linking';
import { ProviderError } from '@/lib/providers/provider';
import { type LinkingDependencies, toAppError } from './linking';

/**
 * Asks the provider which connections a user has there and takes in what is new or works again; both are due at once. What
 * a browser brings back from the provider proves nothing, so this listing alone counts, and anybody may ask for it at any
 * time. Throws `AppError`, `unavailable` when the provider is.
 */
export async function confirmLinks(
  userId: string,
  dependencies: LinkingDependencies,
): Promise<readonly ConfirmedConnection[]> {
  const { store, provider, credentialsKey, clock, log } = dependencies;
  const known = await store.readUser(userId);
  if (known === null) return [];
  try {
    const credentials = decryptCredentials(known.ciphertext, credentialsKey);
    const listed = await provider.listConnections(credentials);
    const confirmed = await store.confirm(userId, known.ciphertext, listed, clock());
    for (const { connectionId, outcome } of confirmed) {
      if (outcome === 'linked' || outcome === 'mended')
        log('info', 'connection_confirmed', { connectionId, outcome });
    }
    // What was unlinked here and is still there is a deletion that failed before.
    for (const { externalId, outcome } of confirmed) {
      if (outcome === 'unlinked') await forget({ externalId, credentials }, dependencies);
    }
    return confirmed;
  } catch (error) {
    throw toAppError(error);
  }
}

/** Lets the provider forget a connection. A failure is told in the log only: the next listing tries again. */
export async function forget(
  link: { readonly externalId: string; readonly credentials: unknown },
  { provider, log }: LinkingDependencies,
): Promise<void> {
  try {
    await provider.deleteConnection(link);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    log('warn', 'connection_not_deleted', { externalId: link.externalId, reason: error.kind });
  }
}
