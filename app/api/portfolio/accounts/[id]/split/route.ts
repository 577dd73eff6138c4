import { splitAccount } from '@/lib/connections/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

/** Undoes the joining of one of the caller's accounts with others: it is another account after all. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const id = pathId(request, -2);
  const split = id === null ? null : await splitAccount(serviceClient(env()), { userId, id }, new Date());
  if (split === null) throw new AppError('not_found', 'You have no account with this id.');
  return Response.json(split, { headers: { 'cache-control': 'no-store' } });
});
