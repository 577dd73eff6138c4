import { serviceClient } from '@/lib/db/clients';
import { capturePromise, env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { bearerToken, matchesSecret, requireAdministrator } from '@/lib/http/caller';
import { enforceLimit, subjectOfAddress } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { checkHealth } from '@/lib/operations/health';

export const dynamic = 'force-dynamic';

/**
 * 200 when the database answers and the last due trading day is covered, otherwise 503. What is wrong, and how many accounts
 * there are, is for the scheduler's secret and administrators alone.
 */
export const GET = route(async (request) => {
  const mayKnow = await isOperator(request);
  if (!mayKnow) await limitStranger(request);
  const health = await checkHealth(serviceClient(env()), capturePromise(env()), new Date());
  const status = health.healthy ? 'ok' : 'failing';
  return Response.json(mayKnow ? { status, ...health } : { status }, {
    status: health.healthy ? 200 : 503,
    headers: { 'cache-control': 'no-store', vary: 'authorization, cookie' },
  });
});

/** Whoever cannot be identified, for whatever reason, is a stranger: health is answered even when sign-in is down. */
async function isOperator(request: Request): Promise<boolean> {
  if (matchesSecret(bearerToken(request), env().CRON_SECRET)) return true;
  try {
    await requireAdministrator(request, env());
    return true;
  } catch {
    return false;
  }
}

/** A limit that cannot be counted, because the database is away, is no reason to hide just that. */
async function limitStranger(request: Request): Promise<void> {
  try {
    await enforceLimit('health', subjectOfAddress(request.headers));
  } catch (error) {
    if (error instanceof AppError) throw error;
  }
}
