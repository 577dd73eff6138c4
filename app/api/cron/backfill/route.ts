import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { bearerToken, matchesSecret } from '@/lib/http/caller';
import { route } from '@/lib/http/route';
import { continueBackfills } from '@/lib/jobs/backfills';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** Goes on with the backfills under way, at hours too when there is nothing to capture. Without any it does nothing. */
export const GET = route(async (request, requestId) => {
  if (!matchesSecret(bearerToken(request), env().CRON_SECRET)) {
    throw new AppError('unauthenticated', 'Send the cron secret as a bearer token.');
  }
  const continued = await continueBackfills(env(), requestId);
  return Response.json({ continued }, { headers: { 'cache-control': 'no-store' } });
});
