import { after } from 'next/server';
import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { allowEstimates } from '@/lib/estimates/store';
import { drawFirstEstimates } from '@/lib/estimates/wiring';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
// The first estimates are worked out after the answer.
export const maxDuration = 60;

const body = z.strictObject({
  /** False takes back what an administrator allowed; what a user allowed is theirs alone. */
  isAllowed: z.boolean(),
  reason: text(500),
});

/** An administrator's decision that days of a user may be estimated, or may no more; recorded in the audit log. */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId: actorId } = await requireAdministrator(request, env());
  const { isAllowed, reason } = await readJsonBody(request, body);
  const userId = pathId(request, -2);
  const decide = (id: string) =>
    allowEstimates(
      serviceClient(env(), requestId),
      { userId: id, isAllowed, by: { actorId, reason } },
      new Date(),
    );
  const changedDays = userId === null ? null : await decide(userId);
  if (userId === null || changedDays === null)
    throw new AppError(
      'not_found',
      'No user has this id for whom that can be decided; it may have been already, or the user decided it.',
    );
  if (isAllowed) after(() => drawFirstEstimates(env(), requestId, userId));
  return Response.json({ changedDays }, { headers: { 'cache-control': 'no-store' } });
});
