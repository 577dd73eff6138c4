import 'server-only';
import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import { z } from 'zod';
import type { Env } from '@/lib/env';
import type { Database } from './types';

/** What the HTTP client calls a connection that the other side had closed, or closed before it answered. */
const DROPPED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

/**
 * `fetch` that asks once more on a new connection when the one it took from the pool turns out to be dropped, as a kept
 * connection is after a restart of the other side. Whatever is asked may be done twice, so it may also be asked twice.
 */
export const retryDropped: typeof fetch = async (input, init) => {
  try {
    return await fetch(input, init);
  } catch (error) {
    if (!isDropped(error) || init?.signal?.aborted === true) throw error;
    return fetch(input, init);
  }
};

function isDropped(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ('code' in error && DROPPED.has(error.code)) || isDropped(error.cause);
}

/** As @supabase/ssr names a session: in one cookie, or in numbered parts where it is long. */
export const SESSION_COOKIE = /^(sb-[\w-]+-auth-token)(?:\.(\d{1,2}))?$/;
const ENCODED = 'base64-';

/** A session is made anew at every refresh, once an hour while somebody looks; who stays away longer signs in again. */
const SESSION_SECONDS = 30 * 24 * 60 * 60;

interface Cookie {
  readonly name: string;
  readonly value: string;
}

const session = z.looseObject({
  access_token: z.string().refine(isToken),
  refresh_token: z.string().min(1),
  expires_at: z.number().optional(),
  user: z.looseObject({ id: z.uuid() }),
});

/** How a session cookie is set: no script reads it, no other site's form sends it, and it lasts no longer than needed. */
export function sessionCookieOptions<T extends { readonly maxAge?: number | undefined }>(options: T) {
  return {
    ...options,
    path: '/',
    httpOnly: true,
    sameSite: 'lax',
    secure: process.env.NODE_ENV === 'production',
    maxAge: options.maxAge === 0 ? 0 : SESSION_SECONDS,
  } as const;
}

/** The cookies without those of a damaged session, so that its owner counts as signed out. */
export function readableCookies<T extends Cookie>(cookies: readonly T[]): T[] {
  const damaged = new Set(damagedSessionCookies(cookies));
  return cookies.filter(({ name }) => !damaged.has(name));
}

/** The names of cookies that hold a session which cannot be read: cut off, overwritten, or made up. */
export function damagedSessionCookies(cookies: readonly Cookie[]): readonly string[] {
  const sessions = Map.groupBy(
    cookies.filter(({ name }) => SESSION_COOKIE.test(name)),
    ({ name }) => SESSION_COOKIE.exec(name)?.[1],
  );
  return [...sessions.values()].flatMap((parts) => (isReadable(parts) ? [] : parts.map(({ name }) => name)));
}

/** One whole value counts before parts, as @supabase/ssr has it; parts count from 0 up to the first that is missing. */
function isReadable(parts: readonly Cookie[]): boolean {
  const values = new Map(parts.map(({ name, value }) => [SESSION_COOKIE.exec(name)?.[2] ?? 'whole', value]));
  const inOrder: string[] = [];
  for (let part = values.get('0'); part !== undefined; part = values.get(String(inOrder.length)))
    inOrder.push(part);
  const text = values.get('whole') ?? inOrder.join('');
  try {
    const json = text.startsWith(ENCODED) ? decode(text.slice(ENCODED.length)) : text;
    return session.safeParse(JSON.parse(json)).success;
  } catch {
    return false;
  }
}

/** Three parts, of which the first two are JSON objects; whether it is genuine is for the Auth server to say. */
function isToken(token: string): boolean {
  const [head, claims, signature, ...rest] = token.split('.');
  if (head === undefined || claims === undefined || !signature || rest.length > 0) return false;
  try {
    return [head, claims].every((part) => z.looseObject({}).safeParse(JSON.parse(decode(part))).success);
  } catch {
    return false;
  }
}

/** Base64url as text; throws for what is neither. */
function decode(text: string): string {
  if (!/^[\w-]+$/.test(text)) throw new RangeError('not base64url');
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'base64url'));
}

export type { Database, SupabaseClient };

type Settings = Pick<
  Env,
  'NEXT_PUBLIC_SUPABASE_URL' | 'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY' | 'SUPABASE_SECRET_KEY'
>;

/** What `@supabase/ssr` needs of a cookie store; Next.js's own has this shape. */
interface CookieStore {
  getAll(): { name: string; value: string }[];
  set(name: string, value: string, options: object): unknown;
}

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

/**
 * A client with the service role's rights, for the worker alone. With the id of the request that it works for, each of
 * its calls carries that id, and the API's own logs can be searched by it.
 */
export function serviceClient(env: Settings, requestId?: string): SupabaseClient<Database> {
  return createClient<Database>(env.NEXT_PUBLIC_SUPABASE_URL, env.SUPABASE_SECRET_KEY, {
    auth: STATELESS,
    global: {
      fetch: retryDropped,
      ...(requestId === undefined ? {} : { headers: { 'x-request-id': requestId } }),
    },
  });
}

/** A client with the rights of the user whose access token this is. */
export function userClient(env: Settings, accessToken: string): SupabaseClient<Database> {
  return createClient<Database>(env.NEXT_PUBLIC_SUPABASE_URL, env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY, {
    auth: STATELESS,
    global: { fetch: retryDropped, headers: { Authorization: `Bearer ${accessToken}` } },
  });
}

/** A client without a user, whose own sign-in stays in memory. */
export function visitorClient(env: Settings): SupabaseClient<Database> {
  return createClient<Database>(env.NEXT_PUBLIC_SUPABASE_URL, env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY, {
    auth: STATELESS,
    global: { fetch: retryDropped },
  });
}

/** A client with the rights of the user whose session the cookies hold; made anew for every request. */
export function cookieClient(env: Settings, cookies: CookieStore): SupabaseClient<Database> {
  return createServerClient<Database>(
    env.NEXT_PUBLIC_SUPABASE_URL,
    env.NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY,
    {
      global: { fetch: retryDropped },
      cookies: {
        getAll: () => readableCookies(cookies.getAll()),
        setAll: (changed) => {
          try {
            for (const { name, value, options } of changed)
              cookies.set(name, value, sessionCookieOptions(options));
          } catch {
            // A page cannot set cookies while it renders; the proxy has refreshed the session already.
          }
        },
      },
    },
  );
}
