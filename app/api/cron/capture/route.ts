import { after } from 'next/server';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { endOfFill } from '@/lib/fill/wiring';
import { bearerToken, matchesSecret } from '@/lib/http/caller';
import { route } from '@/lib/http/route';
import { continueBackfills } from '@/lib/jobs/backfills';
import { runTick } from '@/lib/jobs/tick';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** The scheduled tick: fills whatever is due, for everybody, and goes on with backfills in the time that is left. */
export const GET = route(async (request, requestId) => {
  if (!matchesSecret(bearerToken(request), env().CRON_SECRET)) {
    throw new AppError('unauthenticated', 'Send the cron secret as a bearer token.');
  }
  const endsAt = endOfFill(env(), Date.now());
  const result = await runTick(env(), { trigger: 'cron', requestId });
  after(() => continueBackfills(env(), requestId, endsAt));
  return Response.json(result, { headers: { 'cache-control': 'no-store' } });
});
