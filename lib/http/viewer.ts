import 'server-only';
import { createHash } from 'node:crypto';
import { AppError } from '@/lib/errors';

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
