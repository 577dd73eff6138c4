import { z } from 'zod';
import { decideMatch } from '@/lib/connections/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ confirm: z.boolean() });

/** The caller's word on whether two of their accounts are the same real account. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const { confirm } = await readJsonBody(request, body);
  await enforceLimit('change', userId);
  const id = pathId(request, -1);
  const decided =
    id === null ? null : await decideMatch(serviceClient(env()), { userId, id, confirm }, new Date());
  if (decided === null) throw new AppError('not_found', 'You have no match with this id.');
  return Response.json(decided, { headers: { 'cache-control': 'no-store' } });
});
