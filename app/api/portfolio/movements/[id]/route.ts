import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { classification } from '@/lib/doubts/document';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { classifyMovement } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathNumber, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ as: classification.nullable() });

/** The caller's word on what a movement on an account of theirs was that nobody knew; null takes the word back. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const { as } = await readJsonBody(request, body);
  await enforceLimit('change', userId);
  const rowId = pathNumber(request, -1);
  const said = { as, ownerId: userId, actorId: userId, reason: 'as its owner says' };
  const classified =
    rowId === null
      ? null
      : await classifyMovement(serviceClient(env()), { ...said, rowId }, new Date(), reconcileRules(env()));
  if (classified === null)
    throw new AppError(
      'not_found',
      'You have no unknown movement with this id; it may have been answered already.',
    );
  return Response.json(classified, { headers: { 'cache-control': 'no-store' } });
});
