import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { judgeHeldValue } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({
  verdict: z.enum(['accept', 'reject', 'take_back']),
  reason: text(500),
});

/** An administrator's verdict on an observation, or its end, with the reason; recorded in the audit log. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { verdict, reason } = await readJsonBody(request, body);
  const id = Number(new URL(request.url).pathname.split('/').at(-1));
  const judged =
    Number.isSafeInteger(id) && id > 0
      ? await judgeHeldValue(serviceClient(env()), { id, verdict, actorId: userId, reason }, new Date(), {
          swingFactorMax: env().JUDGE_SWING_FACTOR_MAX,
          zeroShareMax: env().JUDGE_ZERO_SHARE_MAX,
        })
      : null;
  if (judged === null)
    throw new AppError('not_found', 'No held value has this id; it may have been judged already.');
  if ('refused' in judged)
    throw new AppError('bad_request', 'A value without a total or a currency cannot be accepted.');
  return Response.json(judged, { headers: { 'cache-control': 'no-store' } });
});
