import { after } from 'next/server';
import type { LinkNotice } from '@/lib/connections/document';
import { finishOAuth, type OAuthDependencies, parseOAuthReturn } from '@/lib/connections/oauth';
import { linkNoticeQuery, noticeOfOAuth, noticeOfSessions } from '@/lib/connections/portal-return';
import { wireOAuth } from '@/lib/connections/wiring';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { fillLinked, finishAllSessions, hasNews } from '@/lib/jobs/on-link';

export const dynamic = 'force-dynamic';
// What was linked is filled after the browser was sent on.
export const maxDuration = 300;

/**
 * The way back from the pages of a provider. Of one that is linked in sessions the address says nothing of what came of it: those that
 * whoever is signed in here has open are asked for at the provider. Where accounts are allowed by OAuth it brings a code, which counts
 * in a session of theirs alone.
 */
export const GET = route(async (request, requestId) => {
  const caller = await callerByCookie(env());
  const { pathname, search, searchParams } = new URL(request.url);
  if (caller === null) return sendTo(signInPath(`${pathname}${search}`));
  const { userId } = caller;
  const oauth = wireOAuth(env(), requestId, pathname.split('/').at(-1) ?? null);
  const notice =
    oauth === null
      ? await finishAll(userId, requestId)
      : await finishOne(userId, searchParams, oauth, requestId);
  return sendTo(`/connections${linkNoticeQuery(notice)}`);
});

async function finishAll(userId: string, requestId: string): Promise<LinkNotice | null> {
  const finished = await ifPossible(userId, () => finishAllSessions(env(), userId, requestId));
  if (finished !== null && hasNews(finished.confirmed)) after(() => fillLinked(env(), userId, requestId));
  return noticeOfSessions(finished);
}

async function finishOne(
  userId: string,
  search: URLSearchParams,
  oauth: OAuthDependencies,
  requestId: string,
): Promise<LinkNotice> {
  const outcome = await ifPossible(userId, () => finishOAuth(userId, parseOAuthReturn(search), oauth));
  if (outcome !== null && outcome.state !== 'refused') after(() => fillLinked(env(), userId, requestId));
  return noticeOfOAuth(outcome);
}

/** Null when a provider cannot be asked now, or was asked too often. */
async function ifPossible<T>(userId: string, finish: () => Promise<T>): Promise<T | null> {
  try {
    await enforceLimit('confirm_links', userId);
    return await finish();
  } catch (error) {
    if (error instanceof AppError && (error.code === 'unavailable' || error.code === 'too_many_requests'))
      return null;
    throw error;
  }
}

function sendTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
