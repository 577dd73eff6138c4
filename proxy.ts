import { type NextRequest, NextResponse } from 'next/server';
import { cookieClient, damagedSessionCookies } from '@/lib/db/clients';
import { env } from '@/lib/env';
import type { AppError } from '@/lib/errors';
import { findActionFault, findFault, isApi } from '@/lib/http/refuse-request';
import { problemResponse } from '@/lib/http/route';
import { PORTALS, pagePolicy } from '@/lib/security-headers';

/**
 * What every request passes before a page or a route sees it. Malformed ones are refused, a session cookie that cannot be
 * read is cleared, and pages get their session refreshed, since a page cannot set cookies itself, and a policy with a
 * nonce. It decides nothing about access, every page and route asks for itself, and it redirects nobody: no scheduler can
 * meet a redirect.
 */
export async function proxy(request: NextRequest): Promise<NextResponse> {
  const { pathname, search } = new URL(request.url);
  const fault =
    findFault({ method: request.method, target: `${pathname}${search}`, headers: request.headers }) ??
    (isApi(pathname) ? null : await findActionFault(request));
  if (fault !== null) return refuse(fault);

  const cookies = new Map<string, CookieChange>();
  for (const name of damagedSessionCookies(request.cookies.getAll())) {
    request.cookies.delete(name);
    cookies.set(name, { value: '', options: { path: '/', maxAge: 0 } });
  }
  if (isApi(pathname)) return answer(new Headers(request.headers), cookies);

  await refreshSession(request, cookies);
  const policy = pagePolicy(
    Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64'),
    portals(),
  );
  const headers = new Headers(request.headers);
  // Next.js takes the nonce for its own scripts from here.
  headers.set('content-security-policy', policy);
  const response = answer(headers, cookies);
  response.headers.set('content-security-policy', policy);
  return response;
}

interface CookieChange {
  readonly value: string;
  readonly options: object;
}

/** The sandbox has its pages where it answers; providers have them at addresses of their own. */
function portals(): readonly string[] {
  const {
    SNAPTRADE_BASE_URL,
    PLAID_CLIENT_ID,
    PLAID_BASE_URL,
    ALPACA_OAUTH_CLIENT_ID,
    ALPACA_OAUTH_BASE_URL,
  } = env();
  const originOf = (baseUrl: string | undefined, own: string): string =>
    baseUrl === undefined || new URL(baseUrl).hostname.endsWith('.plaid.com') ? own : new URL(baseUrl).origin;
  return [
    originOf(SNAPTRADE_BASE_URL, PORTALS.snaptrade),
    ...(PLAID_CLIENT_ID === undefined ? [] : [originOf(PLAID_BASE_URL, PORTALS.plaid)]),
    ...(ALPACA_OAUTH_CLIENT_ID === undefined ? [] : [originOf(ALPACA_OAUTH_BASE_URL, PORTALS.alpaca)]),
  ];
}

/** When the Auth server is away, the page finds out for itself. */
async function refreshSession(request: NextRequest, cookies: Map<string, CookieChange>): Promise<void> {
  const client = cookieClient(env(), {
    getAll: () => request.cookies.getAll(),
    set: (name, value, options) => {
      request.cookies.set(name, value);
      cookies.set(name, { value, options });
    },
  });
  await client.auth.getClaims().catch(() => null);
}

function answer(headers: Headers, cookies: ReadonlyMap<string, CookieChange>): NextResponse {
  const response = NextResponse.next({ request: { headers } });
  for (const [name, { value, options }] of cookies) response.cookies.set(name, value, options);
  return response;
}

function refuse(fault: AppError): NextResponse {
  const { status, headers, body } = problemResponse(fault, crypto.randomUUID());
  return new NextResponse(body, { status, headers });
}

export const config = { matcher: ['/((?!_next/).*)'] };
