import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import { AppError } from '@/lib/errors';
import { OutOfTimeError, ProviderError } from '@/lib/providers/provider';
import { type LinkingDependencies, requireCredentials } from './registration';
import type { ConfirmedConnection, Unlinked } from './store';

/** What linking may show of a failure at the provider. Nothing was changed by it. */
export function toAppError(error: unknown): unknown {
  if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) return error;
  return new AppError(
    'unavailable',
    'The linking service does not answer right now. Try again in a minute.',
    {
      cause: error,
    },
  );
}

interface LinkRequest {
  readonly userId: string;
  /** Our id of the connection to reconnect; null to link another brokerage. */
  readonly reconnect: string | null;
  /** Where the browser comes back to. */
  readonly returnTo: string;
}

/**
 * The address of the provider's page on which the user links a brokerage or reconnects one; valid for minutes. Throws
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
        : await openReconnect(userId, reconnect, returnTo, dependencies);
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
    // The provider has forgotten this user, so they are registered anew.
    if (!(error instanceof ProviderError) || error.kind !== 'needs_reconnect') throw error;
    const renewed = await requireCredentials(userId, dependencies, known.ciphertext);
    return dependencies.provider.portalLink(renewed.credentials, request);
  }
}

async function openReconnect(
  userId: string,
  connectionId: string,
  returnTo: string,
  { store, provider, credentialsKey }: LinkingDependencies,
): Promise<string> {
  const access = await store.readAccess(userId, connectionId);
  const isOpen = access !== null && access.status !== 'removed' && access.provider === provider.id;
  if (!isOpen || access.ciphertext === null) {
    throw new AppError('not_found', 'You have no connection with this id.');
  }
  const credentials = decryptCredentials(access.ciphertext, credentialsKey);
  // Of a connection that was stored by hand, this is where its user's credentials come to be kept.
  await store.keepUser(userId, encryptCredentials(credentials, credentialsKey), null, null);
  try {
    return await provider.portalLink(credentials, { returnTo, reconnect: access.externalId });
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind !== 'needs_reconnect') throw error;
    const message =
      'This connection cannot be reconnected any more. Unlink it, and link the brokerage again.';
    throw new AppError('not_found', message, { cause: error });
  }
}

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
    // Encrypted anew, since the key may be rotated at this moment: whatever is written, the current key opens.
    const confirmed = await store.confirm(
      userId,
      encryptCredentials(credentials, credentialsKey),
      listed,
      clock(),
    );
    for (const { connectionId, outcome } of confirmed) {
      if (outcome === 'linked' || outcome === 'reconnected')
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

/** Lets the provider forget a connection. A failure is only logged: the next listing tries again. */
async function forget(
  link: { readonly externalId: string; readonly credentials: unknown },
  { provider, log }: LinkingDependencies,
): Promise<void> {
  try {
    await provider.deleteConnection(link);
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
    log('warn', 'connection_not_deleted', { externalId: link.externalId, reason: error.message });
  }
}

/**
 * Unlinks one of a user's connections and then lets the provider forget it, where it has anything to forget: of an account that is linked
 * by keys, deleting our copy of them is all that can be done. The past of its accounts stays. Whether the provider hears it changes
 * nothing for the user. Throws `AppError`, `not_found` for a connection that is not theirs.
 */
export async function unlink(
  userId: string,
  connectionId: string,
  dependencies: LinkingDependencies,
): Promise<Unlinked> {
  const { store, provider, credentialsKey, clock } = dependencies;
  // Read before, since unlinking deletes the credentials.
  const access = await store.readAccess(userId, connectionId);
  const unlinked = await store.unlink(userId, connectionId, clock());
  if (unlinked === null) throw new AppError('not_found', 'You have no connection with this id.');
  if (access !== null && access.ciphertext !== null && access.provider === provider.id) {
    const credentials = decryptCredentials(access.ciphertext, credentialsKey);
    await forget({ externalId: access.externalId, credentials }, dependencies);
  }
  return unlinked;
}

/**
 * Lets the provider forget every connection of a user, before the user is deleted here. What fails is only logged: the user's
 * registration there is deleted afterwards, and tried again until it is.
 */
export async function forgetConnections(
  userId: string,
  connectionIds: readonly string[],
  dependencies: LinkingDependencies,
): Promise<void> {
  const { store, provider, credentialsKey } = dependencies;
  for (const id of connectionIds) {
    const access = await store.readAccess(userId, id);
    if (access === null || access.ciphertext === null || access.provider !== provider.id) continue;
    const credentials = decryptCredentials(access.ciphertext, credentialsKey);
    await forget({ externalId: access.externalId, credentials }, dependencies);
  }
}
