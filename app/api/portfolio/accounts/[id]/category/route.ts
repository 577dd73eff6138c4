import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { CATEGORIES } from '@/lib/domain/reconcile/evidence';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { classifyAccount } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ category: z.enum(CATEGORIES).nullable() });

/** The caller's word on what an account of theirs is that nobody knows; null takes the word back. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const { category } = await readJsonBody(request, body);
  await enforceLimit('change', userId);
  const accountId = pathId(request, -2);
  const said = { category, ownerId: userId, actorId: userId, reason: 'as its owner says' };
  const classified =
    accountId === null
      ? null
      : await classifyAccount(
          serviceClient(env()),
          { ...said, accountId },
          new Date(),
          reconcileRules(env()),
        );
  if (classified === null)
    throw new AppError(
      'not_found',
      'You have no account of an unknown kind with this id; it may have been answered already.',
    );
  return Response.json(classified, { headers: { 'cache-control': 'no-store' } });
});
