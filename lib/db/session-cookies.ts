import 'server-only';
import { z } from 'zod';

/** As @supabase/ssr names a session: in one cookie, or in numbered parts where it is long. */
const SESSION_COOKIE = /^(sb-[\w-]+-auth-token)(?:\.(\d{1,2}))?$/;
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
