import type { ConnectionAccess } from '@/lib/db/connections';
import type { ConfirmedConnection, ProviderUser } from '@/lib/db/linking';
import type { RegistrationTurn, SettledRegistration } from '@/lib/db/registrations';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { type ListedConnection, ProviderError, type ProviderLinking } from '@/lib/providers/provider';
import { OutOfTimeError } from '@/lib/providers/request-budget';

/** Where linking is remembered. All of it is about one provider. */
export interface LinkingStore {
  readUser(userId: string): Promise<ProviderUser | null>;
  keepUser(
    userId: string,
    ciphertext: string,
    replaces: string | null,
    externalId: string | null,
  ): Promise<string>;
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
  readonly registrations: RegistrationStore;
}

/** Where registrations are noted before the provider is asked for them. */
export interface RegistrationStore {
  begin(userId: string, replaces: string | null, freshId: string, now: Date): Promise<RegistrationTurn>;
  settle(externalId: string, state: SettledRegistration): Promise<void>;
  /** Forgets one that the provider does not know, or no longer. */
  forget(externalId: string): Promise<void>;
  /** Ids that the provider may know and that lead nowhere here. */
  readOrphans(count: number, now: Date): Promise<readonly string[]>;
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
  readonly sleep: (ms: number) => Promise<void>;
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
