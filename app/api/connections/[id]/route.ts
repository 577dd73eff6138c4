import { env } from '@/lib/config/env';
import { serviceClient } from '@/lib/db/clients';
import { unlinkConnection } from '@/lib/db/identity';
import { AppError } from '@/lib/errors';
import { requireCaller } from '@/lib/http/caller';
import { pathId } from '@/lib/http/path-id';
import { route } from '@/lib/http/problem';
import { requireSameOrigin } from '@/lib/http/same-origin';

export const dynamic = 'force-dynamic';

/** Unlinks one of the caller's connections; the past of its accounts stays. */
export const DELETE = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const id = pathId(request, -1);
  const unlinked =
    id === null ? null : await unlinkConnection(serviceClient(env()), { userId, id }, new Date());
  if (unlinked === null) throw new AppError('not_found', 'You have no connection with this id.');
  return Response.json(unlinked, { headers: { 'cache-control': 'no-store' } });
});
