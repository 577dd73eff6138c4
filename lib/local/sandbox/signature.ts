import { createHmac, timingSafeEqual } from 'node:crypto';

/** What SnapTrade gives to one customer. */
export interface SandboxKeys {
  readonly clientId: string;
  readonly consumerKey: string;
}

/** What SnapTrade's signature covers. */
export interface SignedRequest {
  /** The parsed body; null when there is none or it is `{}`. */
  readonly content: unknown;
  /** The path as it was requested, without host and query. */
  readonly path: string;
  /** The query exactly as it was sent, without the question mark. */
  readonly query: string;
}

/** Base64 of HMAC-SHA256 over the request as compact JSON with sorted keys. */
export function signRequest(request: SignedRequest, consumerKey: string): string {
  const { content, path, query } = request;
  // The official SDK escapes the key as if it were an address, which changes keys that hold other characters.
  return createHmac('sha256', encodeURI(consumerKey))
    .update(toSortedJson({ content, path, query }))
    .digest('base64');
}

/** Compares in a time that says nothing about where the difference lies. */
export function isSignedBy(request: SignedRequest, signature: string, consumerKey: string): boolean {
  const expected = Buffer.from(signRequest(request, consumerKey));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Compact JSON with the keys of every object in order, at every depth. */
export function toSortedJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    isPlainObject(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
