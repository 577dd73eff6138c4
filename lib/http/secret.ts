import 'server-only';
import { createHash, timingSafeEqual } from 'node:crypto';

/**
 * Whether a given secret is the expected one, in time that does not depend on either. A secret that is not set, or an
 * empty one, matches nothing: the door stays closed.
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
