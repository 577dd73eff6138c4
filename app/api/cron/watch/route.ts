import { after } from 'next/server';
import { runAlertCheck } from '@/lib/alerts/wiring';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { bearerToken, matchesSecret } from '@/lib/http/caller';
import { route } from '@/lib/http/route';
import { forgetAtProviders } from '@/lib/jobs/on-link';
import { runMessages } from '@/lib/messages/wiring';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/**
 * A second door for the scheduler that only checks what is wrong and reports it: a capture route that never comes to
 * its end is noticed here. Users are sent what they have to know. Afterwards providers forget what leads nowhere here.
 */
export const GET = route(async (request, requestId) => {
  if (!matchesSecret(bearerToken(request), env().CRON_SECRET)) {
    throw new AppError('unauthenticated', 'Send the cron secret as a bearer token.');
  }
  const result = await runAlertCheck(env(), requestId);
  const messages = await runMessages(env(), requestId, request.headers);
  after(() => forgetAtProviders(env(), requestId));
  return Response.json({ ...result, messages }, { headers: { 'cache-control': 'no-store' } });
});
