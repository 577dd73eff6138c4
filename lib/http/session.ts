import 'server-only';
import { createHash } from 'node:crypto';
import { cookieClient, SESSION_COOKIE } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readNextPath } from './address';

interface DeletableCookies {
  getAll(): { name: string; value: string }[];
  set(name: string, value: string, options: object): unknown;
  delete(name: string): unknown;
}

/**
 * Ends the session in this browser. The Auth server is asked to forget it as well; when it cannot be reached, or the session
 * is not one that it could be asked about, the browser forgets it all the same, so that whoever signed out is out.
 */
export async function endSession(
  env: Pick<Env, 'NEXT_PUBLIC_SUPABASE_URL' | 'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY' | 'SUPABASE_SECRET_KEY'>,
  cookies: DeletableCookies,
): Promise<void> {
  await cookieClient(env, cookies).auth.signOut({ scope: 'local' });
  for (const { name } of cookies.getAll()) if (SESSION_COOKIE.test(name)) cookies.delete(name);
}

const PATH = '/continue';

/**
 * The address to redirect to from a server action, so that the browser goes on to a path in a new document. A redirect
 * straight to a page stays in the document that is there, with everything in its memory: the router's pages and
 * prefetches, fetched answers, the state of components. When the user changes, none of that may go along.
 */
export function inNewDocument(path: string): string {
  return `${PATH}?to=${encodeURIComponent(path)}`;
}

/** Leads on to the page. No redirect, because the router would follow one and be back in the old document. */
export function continueInNewDocument(search: URLSearchParams): Response {
  return new Response('<!doctype html><html lang="en"><title>Portfolio History</title></html>', {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      refresh: `0;url=${readNextPath(search.get('to'))}`,
    },
  });
}

/** Where a page says whose it is when it asks for something; nobody else is then answered. */
export const PAGE_VIEWER_HEADER = 'x-page-viewer';

/**
 * The opaque id by which documents and pages say whose they are: the same for a user everywhere and always, and nothing
 * that leads back to them. A user's id is random, so a hash of it cannot be guessed, and no secret is needed that servers
 * would have to share or could rotate under an open page.
 */
export function viewerId(userId: string): string {
  return createHash('sha256').update(`viewer:${userId}`).digest('base64url').slice(0, 22);
}

/** Refuses to act for a page that was made for another user than the one who is signed in by now. */
export function refuseOtherViewer(viewer: string, pageViewer: string | null): void {
  if (pageViewer !== null && pageViewer !== viewer)
    throw new AppError('session_changed', 'Somebody else has signed in since this page was loaded.');
}

/** A document for its reader alone: it says whose it is, and no cache may keep it. */
export function answerTo({ viewer }: { readonly viewer: string }, document: object): Response {
  return Response.json({ viewer, ...document }, { headers: { 'cache-control': 'private, no-store' } });
}
