import { after } from 'next/server';
import { linkNoticeQuery, noticeOfSessions } from '@/lib/connections/portal-return';
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
 * The way back from the pages of a provider that is linked in sessions. The address says nothing of what came of it: the sessions that
 * whoever is signed in here has open are asked for at the provider.
 */
export const GET = route(async (request, requestId) => {
  const caller = await callerByCookie(env());
  if (caller === null) return sendTo(signInPath(new URL(request.url).pathname));
  const { userId } = caller;
  const finished = await tryToFinish(userId, requestId);
  if (finished !== null && hasNews(finished.confirmed)) after(() => fillLinked(env(), userId, requestId));
  return sendTo(`/connections${linkNoticeQuery(noticeOfSessions(finished))}`);
});

/** Null when a provider cannot be asked now, or was asked too often; what was linked there is found at the next page view. */
async function tryToFinish(userId: string, requestId: string) {
  try {
    await enforceLimit('confirm_links', userId);
    return await finishAllSessions(env(), userId, requestId);
  } catch (error) {
    if (error instanceof AppError && (error.code === 'unavailable' || error.code === 'too_many_requests'))
      return null;
    throw error;
  }
}

function sendTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
