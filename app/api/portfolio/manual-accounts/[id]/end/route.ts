import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { endByHand } from '@/lib/manual-accounts/keep';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Ends an account that the caller keeps by hand from a day on; with null takes that back. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const input = await readJsonBody(request, z.unknown());
  const accountId = pathId(request, -2);
  if (accountId === null) throw new AppError('not_found', 'You keep no account with this id by hand.');
  const ended = await endByHand(serviceClient(env()), { userId, accountId }, input, new Date());
  return Response.json(ended, { headers: { 'cache-control': 'no-store' } });
});
