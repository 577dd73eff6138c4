import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { classification } from '@/lib/doubts/document';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { classifyMovement } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pathNumber, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ as: classification.nullable(), reason: text(500) });

/** An administrator's word on what a movement was that nobody knew, or its end, with the reason; recorded in the audit log. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { as, reason } = await readJsonBody(request, body);
  const rowId = pathNumber(request, -1);
  const said = { as, ownerId: null, actorId: userId, reason };
  const classified =
    rowId === null
      ? null
      : await classifyMovement(serviceClient(env()), { ...said, rowId }, new Date(), reconcileRules(env()));
  if (classified === null)
    throw new AppError('not_found', 'No unknown movement has this id; it may have been answered already.');
  return Response.json(classified, { headers: { 'cache-control': 'no-store' } });
});
