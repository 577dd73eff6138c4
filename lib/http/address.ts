import 'server-only';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';

/** What may stand in `Host` and `X-Forwarded-Host`: a name or an address, and a port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i;
const PROTOCOL = /^https?$/i;
const LOOPBACK = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d{1,5})?$/i;

type AddressSettings = Pick<
  Env,
  'APP_URL' | 'VERCEL_URL' | 'VERCEL_BRANCH_URL' | 'VERCEL_PROJECT_PRODUCTION_URL'
>;
type HeaderReader = Pick<Headers, 'get'>;

/** Whether the headers that name the address a browser used are of the right form, whatever they name. */
export function hasReadableAddress(headers: HeaderReader): boolean {
  const hosts = [...listOf(headers.get('x-forwarded-host')), ...listOf(headers.get('host'))];
  return (
    hosts.every((host) => HOST.test(host)) &&
    listOf(headers.get('x-forwarded-proto')).every((one) => PROTOCOL.test(one))
  );
}

/** The host that the browser asked, behind whatever proxies there are; null when nothing names it. */
export function askedHost(headers: HeaderReader): string | null {
  return listOf(headers.get('x-forwarded-host'))[0] ?? headers.get('host');
}

/** Whether a browser says that another site's page started a request. */
export function isCrossSite(headers: Pick<Headers, 'get'>): boolean {
  const origin = headers.get('origin');
  return origin !== null && URL.parse(origin)?.host !== askedHost(headers)?.toLowerCase();
}

/**
 * A path of this product as a browser reaches it: at `APP_URL` where that is set. Without it the request's own headers are
 * believed only where they name a host of the platform's, or this machine, since anybody may send any. Throws an `AppError`
 * for all others.
 */
export function ownAddress(headers: HeaderReader, path: string, env: AddressSettings): string {
  if (env.APP_URL !== undefined) return new URL(path, env.APP_URL).href;
  const host = askedHost(headers) ?? 'localhost';
  const isLoopback = LOOPBACK.test(host);
  if (!isLoopback && !platformHosts(env).includes(host.toLowerCase()))
    throw new AppError('unavailable', 'This product does not know its own address: set APP_URL.');
  const protocol = listOf(headers.get('x-forwarded-proto'))[0] ?? 'https';
  return new URL(path, `${isLoopback ? protocol.toLowerCase() : 'https'}://${host}`).href;
}

/**
 * The product's own address for links in mail, which are followed long afterwards: `APP_URL`, else the platform's lasting one, else
 * where the scheduler reached us. Throws like `ownAddress`.
 */
export function lastingAddress(headers: HeaderReader, env: AddressSettings): string {
  const { APP_URL, VERCEL_PROJECT_PRODUCTION_URL: host } = env;
  return APP_URL === undefined && host !== undefined ? `https://${host}/` : ownAddress(headers, '/', env);
}

function platformHosts(env: AddressSettings): readonly (string | undefined)[] {
  return [env.VERCEL_URL, env.VERCEL_BRANCH_URL, env.VERCEL_PROJECT_PRODUCTION_URL];
}

/** The parts of a header that each proxy on the way may have added to. */
function listOf(value: string | null): readonly string[] {
  return value === null ? [] : value.split(',').map((part) => part.trim());
}

/** Any origin will do: a path is read against it, and one that leads away from it is none. */
const HERE = 'https://here.invalid';

/**
 * Where somebody goes after signing in, as the address or the form gave it: a path of this product with its query, or `/`
 * for everything else, so that no link to us can lead to another site. What is returned is what was checked: a browser
 * reads the path once more, and `/.//evil.example` leads elsewhere only when it is read for the second time.
 */
export function readNextPath(text: unknown): string {
  if (typeof text !== 'string' || !/^\/[\x21-\x7e]*$/.test(text)) return '/';
  const url = URL.parse(text, HERE);
  if (url?.origin !== HERE) return '/';
  const path = `${url.pathname}${url.search}`;
  return URL.parse(path, HERE)?.origin === HERE ? path : '/';
}

/** The address of the sign-in page that leads back to a path. */
export function signInPath(next: string): string {
  return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}
