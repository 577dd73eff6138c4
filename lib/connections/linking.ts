import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import type { ConnectionAccess } from '@/lib/db/connections';
import type { ConfirmedConnection, ProviderUser } from '@/lib/db/linking';
import { AppError } from '@/lib/errors';
import { OutOfTimeError } from '@/lib/fill/request-gate';
import type { Log } from '@/lib/log';
import { type ListedConnection, ProviderError, type ProviderLinking } from '@/lib/providers/provider';

/** Where linking is remembered. All of it is about one provider. */
export interface LinkingStore {
  readUser(userId: string): Promise<ProviderUser | null>;
  keepUser(userId: string, ciphertext: string, replaces: string | null): Promise<string>;
  notePortalOpened(userId: string, now: Date): Promise<void>;
  readAccess(userId: string, connectionId: string): Promise<ConnectionAccess | null>;
  confirm(
    userId: string,
    ciphertext: string,
    listed: readonly ListedConnection[],
    now: Date,
  ): Promise<readonly ConfirmedConnection[]>;
  /** Null when this user has no such connection. */
  unlink(userId: string, connectionId: string, now: Date): Promise<Unlinked | null>;
}

/** What unlinking a connection did: how many of its accounts are no longer expected, and how many days changed. */
export interface Unlinked {
  readonly connectionId: string;
  readonly accounts: number;
  readonly published: number;
}

export interface LinkingDependencies {
  readonly store: LinkingStore;
  readonly provider: ProviderLinking;
  readonly credentialsKey: string;
  readonly clock: () => Date;
  /** Tells one registration from another. */
  readonly newId: () => string;
  readonly log: Log;
}

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

/**
 * The credentials of a user at the provider, which comes to know them under our own id of them when they have none. The
 * provider tells a secret once: if it was lost on its way, that id is taken for good and the user is registered under
 * another one, since nothing can have been linked without the secret. `replaces` are credentials that no longer work.
 */
export async function requireCredentials(
  userId: string,
  { store, provider, credentialsKey, newId }: LinkingDependencies,
  replaces: string | null = null,
): Promise<{ readonly ciphertext: string; readonly credentials: unknown }> {
  const known = await store.readUser(userId);
  if (known !== null && known.ciphertext !== replaces) return open(known.ciphertext, credentialsKey);
  const registered =
    (replaces === null ? await provider.registerUser(userId) : null) ??
    (await provider.registerUser(`${userId}.${newId()}`));
  if (registered === null) throw new ProviderError('bad_data', 'a user id that was never used is taken');
  const kept = await store.keepUser(userId, encryptCredentials(registered, credentialsKey), replaces);
  return open(kept, credentialsKey);
}

function open(ciphertext: string, key: string) {
  return { ciphertext, credentials: decryptCredentials(ciphertext, key) };
}
