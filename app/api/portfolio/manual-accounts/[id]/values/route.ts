import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { readJsonBody } from '@/lib/http/body';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { giveValue, takeBack } from '@/lib/manual-accounts/keep';
import { requireOwnAccount } from '@/lib/manual-accounts/request';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Gives an account that the caller keeps by hand a value, in place of one of the same trading day. */
export const POST = route(async (request) => {
  const own = await requireOwnAccount(request, -2);
  await enforceLimit('change', own.userId);
  const input = await readJsonBody(request, z.unknown());
  const changed = await giveValue(serviceClient(env()), own, input, new Date());
  return Response.json(changed, { headers: { 'cache-control': 'no-store' } });
});

/** Takes back the value of a trading day (`?date=`); with the last one goes the account. */
export const DELETE = route(async (request) => {
  const own = await requireOwnAccount(request, -2);
  await enforceLimit('change', own.userId);
  const day = new URL(request.url).searchParams.get('date') ?? '';
  const changed = await takeBack(serviceClient(env()), own, day, new Date());
  return Response.json(changed, { headers: { 'cache-control': 'no-store' } });
});
