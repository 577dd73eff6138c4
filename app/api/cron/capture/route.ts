import { env } from '@/lib/config/env';
import { AppError } from '@/lib/errors';
import { runConfiguredFill } from '@/lib/fill/configured-fill';
import { route } from '@/lib/http/problem';
import { bearerToken, matchesSecret } from '@/lib/http/secret';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** The scheduled tick: fills whatever is due, for everybody. */
export const GET = route(async (request, requestId) => {
  if (!matchesSecret(bearerToken(request), env().CRON_SECRET)) {
    throw new AppError('unauthenticated', 'Send the cron secret as a bearer token.');
  }
  const result = await runConfiguredFill(env(), {
    trigger: 'cron',
    requestId,
    userId: null,
    asked: false,
    lookBackDays: null,
  });
  return Response.json(result, { headers: { 'cache-control': 'no-store' } });
});
