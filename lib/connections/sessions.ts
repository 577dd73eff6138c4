import 'server-only';
import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import {
  type ConnectionLink,
  OutOfTimeError,
  ProviderError,
  type SessionLinking,
  type SessionOutcome,
} from '@/lib/providers/provider';
import { toAppError } from './linking';
import type { ConfirmedConnection, LinkSession, SessionStore } from './store';

/** What linking in sessions needs. */
export interface SessionDependencies {
  readonly store: SessionStore;
  readonly provider: SessionLinking;
  readonly credentialsKey: string;
  readonly clock: () => Date;
  readonly log: Log;
}

interface SessionStart {
  readonly userId: string;
  /** Our id of the connection to reconnect; null to link another login. */
  readonly reconnect: string | null;
  readonly returnTo: string;
  readonly eventsTo: string;
}

/** As long as the provider tells what came of a session. */
const SESSION_MS = 6 * 60 * 60_000;

/** At most so many logins are removed in one go; the next one goes on. */
const REMOVALS_AT_ONCE = 20;

/**
 * The address of the provider's page on which the user links a login or lets one work again. Throws `AppError`: `not_found` for a
 * connection that is not theirs, or was unlinked, `unavailable` when the provider is.
 */
export async function startSession(
  { userId, reconnect, returnTo, eventsTo }: SessionStart,
  dependencies: SessionDependencies,
): Promise<string> {
  const { store, provider, credentialsKey, clock, log } = dependencies;
  const link = reconnect === null ? null : await requireLink(userId, reconnect, dependencies);
  try {
    const { url, session } = await provider.openSession({ userId, returnTo, eventsTo, reconnect: link });
    const ciphertext = encryptCredentials(session, credentialsKey);
    const now = clock();
    const expiresAt = new Date(now.getTime() + SESSION_MS);
    await store.noteSession({ userId, connectionId: reconnect, ciphertext, expiresAt }, now);
    log('info', 'link_session_opened', { userId, reconnect });
    return url;
  } catch (error) {
    if (error instanceof ProviderError && error.kind === 'needs_reconnect') {
      const message =
        'This connection cannot be reconnected any more. Unlink it, and link the institution again.';
      throw new AppError('not_found', message, { cause: error });
    }
    throw toAppError(error);
  }
}

async function requireLink(
  userId: string,
  connectionId: string,
  { store, provider, credentialsKey }: SessionDependencies,
): Promise<ConnectionLink> {
  const { externalId, ciphertext } = await requireOwnConnection(userId, connectionId, { store, provider });
  if (ciphertext === null) throw notFound();
  return { externalId, credentials: decryptCredentials(ciphertext, credentialsKey) };
}

/** A connection of the user at a provider that was not unlinked. Throws `AppError`, `not_found`, for any other id. */
export async function requireOwnConnection(
  userId: string,
  connectionId: string,
  { store, provider }: { readonly store: SessionStore; readonly provider: { readonly id: string } },
) {
  const access = await store.readAccess(userId, connectionId);
  if (access === null || access.status === 'removed' || access.provider !== provider.id) throw notFound();
  return access;
}

function notFound(): AppError {
  return new AppError('not_found', 'You have no connection with this id.');
}

/** What became of a user's open sessions. */
export interface FinishedSessions {
  readonly confirmed: readonly ConfirmedConnection[];
  /** How the newest session ended in which nothing was linked; null where none did. */
  readonly left: { readonly code: string | null } | null;
}

/**
 * Asks what came of the sessions that a user has open, and takes in what was linked there or works again; both are due at once. What a
 * browser brings back proves nothing, so anybody may ask for this at any time. Throws `AppError`, `unavailable` when the provider is.
 */
export async function finishSessions(
  userId: string,
  dependencies: SessionDependencies,
): Promise<FinishedSessions> {
  const { store, clock } = dependencies;
  const confirmed: ConfirmedConnection[] = [];
  let left: FinishedSessions['left'] = null;
  for (const session of await store.claimSessions(userId, clock())) {
    const outcome = await outcomeOf(userId, session, dependencies);
    if (outcome.state === 'open') {
      await store.releaseSession(session.id);
      continue;
    }
    if (outcome.state === 'linked') confirmed.push(...(await takeIn(userId, outcome.login, dependencies)));
    else left = { code: outcome.code };
    await store.endSession(session.id);
  }
  return { confirmed, left };
}

async function outcomeOf(
  userId: string,
  { id, ciphertext, connectionId }: LinkSession,
  dependencies: SessionDependencies,
): Promise<SessionOutcome> {
  const { store, provider, credentialsKey } = dependencies;
  try {
    const link = connectionId === null ? null : await requireLink(userId, connectionId, dependencies);
    return await provider.sessionOutcome(decryptCredentials(ciphertext, credentialsKey), link);
  } catch (error) {
    // What was unlinked meanwhile is not reconnected any more.
    if (error instanceof AppError && error.code === 'not_found') return { state: 'left', code: null };
    await store.releaseSession(id);
    throw toAppError(error);
  }
}

async function takeIn(
  userId: string,
  { credentials, ...listed }: Extract<SessionOutcome, { state: 'linked' }>['login'],
  { store, credentialsKey, clock, log }: SessionDependencies,
): Promise<readonly ConfirmedConnection[]> {
  const confirmed = await store.confirm(
    userId,
    encryptCredentials(credentials, credentialsKey),
    [listed],
    clock(),
  );
  for (const { connectionId, outcome } of confirmed) {
    if (outcome === 'linked' || outcome === 'reconnected')
      log('info', 'connection_confirmed', { connectionId, outcome });
  }
  return confirmed;
}

/**
 * Lets the provider forget the logins that were unlinked, or whose users were deleted. Their credentials are kept until it has done so;
 * what fails is tried again later. Twice is once. Returns how many it has forgotten.
 */
export async function removeLogins({
  store,
  provider,
  credentialsKey,
  clock,
  log,
}: SessionDependencies): Promise<number> {
  let removed = 0;
  for (const { externalId, ciphertext } of await store.readRemovals(REMOVALS_AT_ONCE, clock())) {
    try {
      await provider.deleteConnection({
        externalId,
        credentials: decryptCredentials(ciphertext, credentialsKey),
      });
      await store.endRemoval(externalId);
      removed += 1;
      log('info', 'login_removed', { externalId });
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
      await store.postponeRemoval(externalId, clock());
      log('warn', 'login_not_removed', { externalId, reason: error.message });
    }
  }
  return removed;
}
