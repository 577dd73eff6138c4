import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { takeBack } from '@/lib/manual-accounts/keep';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Takes back an account that the caller keeps by hand, with all of its values. */
export const DELETE = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const accountId = pathId(request, -1);
  if (accountId === null) throw new AppError('not_found', 'You keep no account with this id by hand.');
  const removed = await takeBack(serviceClient(env()), { userId, accountId }, null, new Date());
  return Response.json(removed, { headers: { 'cache-control': 'no-store' } });
});
