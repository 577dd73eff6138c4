import 'server-only';
import type { Env } from '@/lib/config/env';
import { cookieClient } from '@/lib/db/clients';

interface DeletableCookies {
  getAll(): { name: string; value: string }[];
  set(name: string, value: string, options: object): unknown;
  delete(name: string): unknown;
}

/** Cookies that `@supabase/ssr` keeps a session in, whole or in numbered parts. */
const SESSION_COOKIE = /^sb-.+-auth-token(\.\d+)?$/;

/**
 * Ends the session in this browser. The Auth server is asked to forget it as well; when it cannot be reached, the browser
 * forgets it all the same, so that whoever signed out is out.
 */
export async function endSession(
  env: Pick<Env, 'NEXT_PUBLIC_SUPABASE_URL' | 'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY' | 'SUPABASE_SECRET_KEY'>,
  cookies: DeletableCookies,
): Promise<void> {
  const { error } = await cookieClient(env, cookies).auth.signOut({ scope: 'local' });
  if (error === null) return;
  for (const { name } of cookies.getAll()) if (SESSION_COOKIE.test(name)) cookies.delete(name);
}
