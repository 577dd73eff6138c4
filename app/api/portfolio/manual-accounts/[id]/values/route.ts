import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { pathId, requireSameOrigin, route } from '@/lib/http/route';
import { giveValue, takeBack } from '@/lib/manual-accounts/keep';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Gives an account that the caller keeps by hand a value, in place of one of the same trading day. */
export const POST = route(async (request) => {
  const own = await requireOwn(request);
  const input = await readJsonBody(request, z.unknown());
  const changed = await giveValue(serviceClient(env()), own, input, new Date());
  return Response.json(changed, { headers: { 'cache-control': 'no-store' } });
});

/** Takes back the value of a trading day (`?date=`); with the last one goes the account. */
export const DELETE = route(async (request) => {
  const own = await requireOwn(request);
  const day = new URL(request.url).searchParams.get('date') ?? '';
  const changed = await takeBack(serviceClient(env()), own, day, new Date());
  return Response.json(changed, { headers: { 'cache-control': 'no-store' } });
});

async function requireOwn(request: Request) {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const accountId = pathId(request, -2);
  if (accountId === null) throw new AppError('not_found', 'You keep no account with this id by hand.');
  return { userId, accountId };
}
