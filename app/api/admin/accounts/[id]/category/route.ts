import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { CATEGORIES } from '@/lib/domain/reconcile/evidence';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { classifyAccount } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ category: z.enum(CATEGORIES).nullable(), reason: text(500) });

/** An administrator's word on what an account is that nobody knows, or its end, with the reason; recorded in the audit log. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { category, reason } = await readJsonBody(request, body);
  const accountId = pathId(request, -2);
  const said = { category, ownerId: null, actorId: userId, reason };
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
      'No account of an unknown kind has this id; it may have been answered already.',
    );
  return Response.json(classified, { headers: { 'cache-control': 'no-store' } });
});
