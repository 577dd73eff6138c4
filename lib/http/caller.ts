import 'server-only';
import { createHash, timingSafeEqual } from 'node:crypto';
import { cookies } from 'next/headers';
import { cookieClient, type Database, type SupabaseClient, userClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit } from './limits';
import { PAGE_VIEWER_HEADER, refuseOtherViewer, viewerId } from './session';

/**
 * Whether a given secret is the expected one, in time that does not depend on either. A secret that is not set, or an
 * empty one, matches nothing: nobody is let in.
 */
export function matchesSecret(given: string | null | undefined, expected: string | undefined): boolean {
  if (!expected || !given) return false;
  return timingSafeEqual(digest(given), digest(expected));
}

/** The token of an `Authorization: Bearer` header; null when there is none. */
export function bearerToken(request: Request): string | null {
  const match = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '');
  return match?.[1] ?? null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A signed-in user and a database client that has exactly their rights. */
export interface Caller {
  readonly userId: string;
  /** Whose documents and pages these are, as these say it; see `viewer.ts`. */
  readonly viewer: string;
  readonly email: string;
  /** With their second factor, where one is required. */
  readonly isAdministrator: boolean;
  /** An administrator by role who signed in without the second factor that is required of them. */
  readonly lacksSecondFactor: boolean;
  readonly client: SupabaseClient<Database>;
}

/**
 * The user behind a bearer token or, without one, the session cookie; throws `unauthenticated` when there is none, and
 * `session_changed` when the page that asks was made for somebody else.
 */
export async function requireCaller(request: Request, env: Env): Promise<Caller> {
  const caller = request.headers.has('authorization')
    ? await callerByToken(request, env)
    : await callerByCookie(env);
  if (caller === null) throw new AppError('unauthenticated', 'Sign in, or send a valid bearer token.');
  refuseOtherViewer(caller.viewer, request.headers.get(PAGE_VIEWER_HEADER));
  return caller;
}

/** The same for administrators alone, within their limit; throws `forbidden` for everybody else. */
export async function requireAdministrator(request: Request, env: Env): Promise<Caller> {
  const caller = await requireCaller(request, env);
  if (caller.lacksSecondFactor)
    throw new AppError('forbidden', 'Sign in with your second factor; administrators need one here.');
  if (!caller.isAdministrator) throw new AppError('forbidden', 'Only an administrator may do this.');
  await enforceLimit('administer', caller.userId);
  return caller;
}

/** The user behind the session cookie, for pages; null when nobody is signed in. */
export async function callerByCookie(env: Env): Promise<Caller | null> {
  return identify(env, cookieClient(env, await cookies()));
}

async function callerByToken(request: Request, env: Env): Promise<Caller | null> {
  const token = bearerToken(request);
  return token === null ? null : identify(env, userClient(env, token), token);
}

/** The Auth server itself is asked, so a revoked session or a deleted user is nobody at once. */
async function identify(env: Env, client: SupabaseClient<Database>, token?: string): Promise<Caller | null> {
  const { data, error } = await client.auth.getUser(token);
  if (error !== null) {
    // A server that cannot be reached has the status 0, and none is told for a session that is not there.
    if (error.name !== 'AuthSessionMissingError' && !(error.status && error.status < 500)) {
      throw new AppError('unavailable', 'Sign-in cannot be checked right now.', { cause: error });
    }
    return null;
  }
  const hasRole = data.user.app_metadata.role === 'admin';
  const lacksSecondFactor = hasRole && env.ADMIN_SECOND_FACTOR && !(await hasSecondFactor(client, token));
  return {
    userId: data.user.id,
    viewer: viewerId(data.user.id),
    email: data.user.email ?? '',
    isAdministrator: hasRole && !lacksSecondFactor,
    lacksSecondFactor,
    client,
  };
}

/** What the session's own token says, once it was verified: `aal2` is a sign-in by password and a code. */
async function hasSecondFactor(client: SupabaseClient<Database>, token?: string): Promise<boolean> {
  const { data } = await client.auth.getClaims(token);
  return data?.claims.aal === 'aal2';
}
