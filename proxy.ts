import { createServerClient } from '@supabase/ssr';
import { type NextRequest, NextResponse } from 'next/server';
import { env } from '@/lib/config/env';

/**
 * Refreshes the session cookies before a page renders, since a page cannot set cookies itself. It decides nothing about
 * access: every page and route asks for itself. Routes under `/api` are left alone, so that no redirect can ever meet a
 * scheduler.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  let response = NextResponse.next({ request });
  const { NEXT_PUBLIC_SUPABASE_URL, NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY } = env();
  const client = createServerClient(NEXT_PUBLIC_SUPABASE_URL, NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY, {
    cookies: {
      getAll: () => request.cookies.getAll(),
      setAll: (changed) => {
        for (const { name, value } of changed) request.cookies.set(name, value);
        response = NextResponse.next({ request });
        for (const { name, value, options } of changed) response.cookies.set(name, value, options);
      },
    },
  });
  await client.auth.getClaims();
  return response;
}

export const config = { matcher: ['/((?!api/|_next/|.*\\..*).*)'] };
