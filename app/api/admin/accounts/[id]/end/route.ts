import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { date, text } from '@/lib/db/rpc';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { decideEnd } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({
  /** The first day without the account; null takes its end back. */
  since: date.nullable(),
  reason: text(500),
});

/** An administrator's decision that an account is no more, or is there after all; recorded in the audit log. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { since, reason } = await readJsonBody(request, body);
  const accountId = pathId(request, -2);
  const decision = { userId: null, actorId: userId, endedOn: since, reason };
  const decided =
    accountId === null
      ? null
      : await decideEnd(serviceClient(env()), { ...decision, accountId }, new Date(), reconcileRules(env()));
  if (decided === null)
    throw new AppError(
      'not_found',
      'No account has this id for which that can be decided; it may have been already.',
    );
  if ('refused' in decided)
    throw new AppError('bad_request', 'An account ends after its first known day and by the next close.');
  return Response.json(decided, { headers: { 'cache-control': 'no-store' } });
});
