import 'server-only';
import { z } from 'zod';
import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import {
  type OAuthLinking,
  type OpenedAccount,
  OutOfTimeError,
  ProviderError,
} from '@/lib/providers/provider';
import type { OAuthFailure } from './document';
import { type OwnAccountDependencies, takeInAccount } from './key-linking';
import { requireOwnConnection } from './sessions';
import type { SessionStore } from './store';

/** What linking an own account by allowing it at its broker needs. */
export interface OAuthDependencies extends OwnAccountDependencies {
  readonly store: SessionStore;
  readonly provider: OAuthLinking;
}

interface OAuthStart {
  readonly userId: string;
  /** Our id of the connection that is to work again; null to link an account. */
  readonly reconnect: string | null;
  /** Where the browser comes back to. */
  readonly returnTo: string;
}

/** A sign-in with a second factor takes minutes; a code that comes later is refused. */
const SESSION_MS = 15 * 60_000;

const sessionSchema = z.object({ returnTo: z.string() });

/**
 * The address of the broker's page on which the user allows us to read their account. What comes back from there is believed by the
 * id of a session alone, which this user has begun, within its minutes and once. Throws `AppError`, `not_found` for a connection
 * that is not theirs, or was unlinked.
 */
export async function startOAuth(
  { userId, reconnect, returnTo }: OAuthStart,
  { store, provider, credentialsKey, clock, newId, log }: OAuthDependencies,
): Promise<string> {
  if (reconnect !== null) await requireOwnConnection(userId, reconnect, { store, provider });
  const now = clock();
  const state = newId();
  await store.endOldSessions(userId, now);
  const session = {
    id: state,
    userId,
    connectionId: reconnect,
    ciphertext: encryptCredentials({ returnTo } satisfies z.infer<typeof sessionSchema>, credentialsKey),
    expiresAt: new Date(now.getTime() + SESSION_MS),
  };
  await store.noteSession(session, now);
  log('info', 'authorization_begun', { userId, reconnect });
  return provider.authorizationUrl({ state, returnTo });
}

/** What the browser brings back from the broker's page. Of it only a code in a session of the user's own leads to anything. */
export interface OAuthReturn {
  readonly state: string | null;
  readonly code: string | null;
  /** The standard's word for why there is no code. */
  readonly error: string | null;
}

/** Reads the query of the way back. */
export function parseOAuthReturn(search: URLSearchParams): OAuthReturn {
  const error = search.get('error');
  return {
    state: z.uuid().safeParse(search.get('state')).data ?? null,
    code: /^[\x21-\x7e]{1,500}$/.exec(search.get('code') ?? '')?.[0] ?? null,
    error: error === null ? null : /^[a-z_]{1,40}$/.test(error) ? error : 'server_error',
  };
}

export type OAuthOutcome =
  | { readonly state: 'linked' | 'reconnected'; readonly connectionId: string }
  | { readonly state: 'refused'; readonly code: string };

/**
 * Takes in the account that a user allowed us to read, or lets its connection work again; it is due at once. A session is used up by
 * whatever comes back, so that nothing is believed twice.
 */
export async function finishOAuth(
  userId: string,
  { state, code, error }: OAuthReturn,
  dependencies: OAuthDependencies,
): Promise<OAuthOutcome> {
  const { store, provider, credentialsKey, clock } = dependencies;
  const session = state === null ? null : await store.takeSession(userId, state, clock());
  if (session === null) return refused('STATE_NOT_KNOWN');
  if (error !== null) return { state: 'refused', code: error };
  if (code === null) return refused('CODE_MISSING');
  const { returnTo } = sessionSchema.parse(decryptCredentials(session.ciphertext, credentialsKey));
  const opened = await tryCode({ code, returnTo }, dependencies);
  if (opened === null) return refused('TRY_LATER');
  if (!opened.opened)
    return refused(opened.reason === 'not_accepted' ? 'CODE_NOT_ACCEPTED' : 'READING_NOT_PERMITTED');
  const whose = { userId, provider: provider.id, reconnect: session.connectionId };
  const linked = await takeInAccount(whose, opened, dependencies);
  if (linked === null) return refused('NOT_LINKED_ANY_MORE');
  if (linked.outcome === 'other_account') return refused('OTHER_ACCOUNT');
  return { state: linked.outcome, connectionId: linked.connectionId };
}

function refused(code: OAuthFailure): OAuthOutcome {
  return { state: 'refused', code };
}

/** Null where it cannot be known now. */
async function tryCode(
  grant: { readonly code: string; readonly returnTo: string },
  { provider, log }: OAuthDependencies,
): Promise<OpenedAccount | null> {
  try {
    return await provider.openAccount(grant);
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
    log('warn', 'authorization_not_finished', { reason: error.message });
    return null;
  }
}
