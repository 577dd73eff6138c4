import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { runFillWith } from '@/lib/fill/wiring';
import { bearerToken, matchesSecret, requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { runTick } from '@/lib/jobs/tick';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** The same tick for any other scheduler: an API key fills for everybody, a user's bearer token for that user. */
export const POST = route(async (request, requestId) => {
  const key = request.headers.get('x-api-key');
  if (key !== null) {
    if (!matchesSecret(key, env().CAPTURE_API_KEY))
      throw new AppError('unauthenticated', 'The API key is not valid.');
    return answer(await runTick(env(), { trigger: 'api_key', requestId }));
  }
  if (bearerToken(request) === null)
    throw new AppError('unauthenticated', 'Send an API key or a bearer token.');
  const { userId } = await requireCaller(request, env());
  await enforceLimit('fill', userId);
  return answer(
    await runFillWith(env(), { trigger: 'user', requestId, userId, asked: true, lookBackDays: null }),
  );
});

function answer(result: object): Response {
  return Response.json(result, { headers: { 'cache-control': 'no-store' } });
}
