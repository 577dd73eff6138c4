import { decryptCredentials } from '@/lib/credentials';
import { AppError } from '@/lib/errors';
import { ProviderError } from '@/lib/providers/provider';
import { type LinkingDependencies, toAppError } from './linking';
import { requireCredentials } from './registration';

export interface LinkRequest {
  readonly userId: string;
  /** Our id of the connection to mend; null to link another brokerage. */
  readonly reconnect: string | null;
  /** Where the browser comes back to. */
  readonly returnTo: string;
}

/**
 * The address of the provider's page on which the user links a brokerage or mends a connection; valid for minutes. Throws
 * `AppError`: `not_found` for a connection that is not theirs, or was unlinked, `unavailable` when the provider is.
 */
export async function startLink(
  { userId, reconnect, returnTo }: LinkRequest,
  dependencies: LinkingDependencies,
): Promise<string> {
  try {
    const url =
      reconnect === null
        ? await openPortal(userId, returnTo, dependencies)
        : await openMending(userId, reconnect, returnTo, dependencies);
    await dependencies.store.notePortalOpened(userId, dependencies.clock());
    dependencies.log('info', 'portal_opened', { userId, reconnect });
    return url;
  } catch (error) {
    throw toAppError(error);
  }
}

async function openPortal(
  userId: string,
  returnTo: string,
  dependencies: LinkingDependencies,
): Promise<string> {
  const request = { returnTo, reconnect: null };
  const known = await requireCredentials(userId, dependencies);
  try {
    return await dependencies.provider.portalLink(known.credentials, request);
  } catch (error) {
    // The provider has forgotten this user, so it is told of them anew.
    if (!(error instanceof ProviderError) || error.kind !== 'needs_reconnect') throw error;
    const renewed = await requireCredentials(userId, dependencies, known.ciphertext);
    return dependencies.provider.portalLink(renewed.credentials, request);
  }
}

async function openMending(
  userId: string,
  connectionId: string,
  returnTo: string,
  { store, provider, credentialsKey }: LinkingDependencies,
): Promise<string> {
  const access = await store.readAccess(userId, connectionId);
  if (access === null || access.ciphertext === null || access.status === 'removed') {
    throw new AppError('not_found', 'You have no connection with this id.');
  }
  // Of a connection that was stored by hand, this is where its user's credentials come to be kept.
  await store.keepUser(userId, access.ciphertext, null, null);
  const credentials = decryptCredentials(access.ciphertext, credentialsKey);
  try {
    return await provider.portalLink(credentials, { returnTo, reconnect: access.externalId });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'needs_reconnect') throw error;
    const message = 'This connection cannot be mended any more. Unlink it, and link the brokerage again.';
    throw new AppError('not_found', message, { cause: error });
  }
}
