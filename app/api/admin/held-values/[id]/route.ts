import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { text } from '@/lib/db/rpc';
import { env, reconcileRules } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { judgeHeldValue } from '@/lib/fill/decide';
import { readJsonBody } from '@/lib/http/body';
import { requireAdministrator } from '@/lib/http/caller';
import { pathNumber, requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({
  verdict: z.enum(['accept', 'reject', 'take_back']),
  reason: text(500),
  /** Other observations of the same question. */
  also: z.array(z.int().positive()).max(400).default([]),
});

/** An administrator's verdict on an observation, or on all of a question, or its end, with the reason; recorded in the audit log. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireAdministrator(request, env());
  const { verdict, reason, also } = await readJsonBody(request, body);
  const id = pathNumber(request, -1);
  const said = { also, verdict, actorId: userId, reason };
  const judged =
    id === null
      ? null
      : await judgeHeldValue(serviceClient(env()), { ...said, id }, new Date(), reconcileRules(env()));
  if (judged === null)
    throw new AppError('not_found', 'No held value has this id; it may have been judged already.');
  if ('refused' in judged)
    throw new AppError('bad_request', 'A value without a total or a currency cannot be accepted.');
  return Response.json(judged, { headers: { 'cache-control': 'no-store' } });
});
