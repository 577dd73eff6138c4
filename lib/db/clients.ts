import 'server-only';
import { createServerClient } from '@supabase/ssr';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import type { Env } from '@/lib/config/env';
import { retryDropped } from './retry-dropped';
import { readableCookies, sessionCookieOptions } from './session-cookies';
import type { Database } from './types';

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
