import { after } from 'next/server';
import { unlink } from '@/lib/connections/linking';
import { wireLinking } from '@/lib/connections/wiring';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { forgetAtProviders } from '@/lib/jobs/on-link';

export const dynamic = 'force-dynamic';

/** Unlinks one of the caller's connections, here and at the provider; the past of its accounts stays. */
export const DELETE = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const id = pathId(request, -1);
  if (id === null) throw new AppError('not_found', 'You have no connection with this id.');
  const unlinked = await unlink(userId, id, wireLinking(env(), requestId));
  after(() => forgetAtProviders(env(), requestId));
  return Response.json(unlinked, { headers: { 'cache-control': 'no-store' } });
});
