import { after } from 'next/server';
import { confirmLinks } from '@/lib/connections/linking';
import { linkNoticeQuery, noticeOf, parsePortalReturn } from '@/lib/connections/portal-return';
import { wireLinking } from '@/lib/connections/wiring';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { signInPath } from '@/lib/http/address';
import { callerByCookie } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { fillLinked, hasNews } from '@/lib/jobs/on-link';

export const dynamic = 'force-dynamic';
// What was linked is filled after the browser was sent on.
export const maxDuration = 300;

/**
 * The way back from the provider's pages. Whoever is signed in here is meant, whatever the address says: their own
 * connections are listed at the provider, so a forged address links nothing.
 */
export const GET = route(async (request, requestId) => {
  const caller = await callerByCookie(env());
  const { pathname, search, searchParams } = new URL(request.url);
  if (caller === null) return sendTo(signInPath(`${pathname}${search}`));
  const back = parsePortalReturn(searchParams);
  const hasOutcome = back.status === 'success' || back.status === 'unknown';
  const confirmed = hasOutcome ? await tryToConfirm(caller.userId, requestId) : [];
  if (confirmed !== null && hasNews(confirmed)) after(() => fillLinked(env(), caller.userId, requestId));
  return sendTo(`/connections${linkNoticeQuery(noticeOf(back, confirmed))}`);
});

/** Null when the provider cannot be asked now, or was asked too often; what was linked there is found at the next page view. */
async function tryToConfirm(userId: string, requestId: string) {
  try {
    await enforceLimit('confirm_links', userId);
    return await confirmLinks(userId, wireLinking(env(), requestId));
  } catch (error) {
    if (error instanceof AppError && (error.code === 'unavailable' || error.code === 'too_many_requests'))
      return null;
    throw error;
  }
}

function sendTo(location: string): Response {
  return new Response(null, { status: 303, headers: { location, 'cache-control': 'no-store' } });
}
