import { createHash, timingSafeEqual } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';

const LOOPBACK_HOSTS: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];
const SAFE_METHODS: readonly string[] = ['GET', 'HEAD'];
/** `none` is a person who typed the address: no page can make a browser say so. */
const OWN_SITES: readonly string[] = ['same-origin', 'none'];

/** Lets through who sends `Authorization: Bearer` with the secret, and refuses everybody else with 401. */
export function requireSecret(secret: string): MiddlewareHandler {
  const expected = digest(`Bearer ${secret}`);
  return async (context, next) => {
    const given = digest(context.req.header('authorization') ?? '');
    if (timingSafeEqual(given, expected)) return next();
    return context.json({ error: 'the control path asks for its secret: Authorization: Bearer …' }, 401);
  };
}

/**
 * Refuses what a page of another site makes a browser send. A browser names where a request comes from, other clients do
 * not; and a page that points its own name at this machine is known by that name.
 */
export const refuseOtherSites: MiddlewareHandler = async (context, next) => {
  const { hostname, host } = new URL(context.req.url);
  if (!LOOPBACK_HOSTS.includes(hostname)) return context.json({ error: 'unknown host' }, 403);
  if (SAFE_METHODS.includes(context.req.method)) return next();
  const site = context.req.header('sec-fetch-site');
  const origin = context.req.header('origin');
  const isOwn =
    site === undefined ? origin === undefined || hostOf(origin) === host : OWN_SITES.includes(site);
  return isOwn ? next() : context.json({ error: 'refused: it comes from another site' }, 403);
};

function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
