import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { takeBack } from '@/lib/manual-accounts/keep';
import { requireOwnAccount } from '@/lib/manual-accounts/request';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Takes back an account that the caller keeps by hand, with all of its values. */
export const DELETE = route(async (request) => {
  const own = await requireOwnAccount(request, -1);
  await enforceLimit('change', own.userId);
  const removed = await takeBack(serviceClient(env()), own, null, new Date());
  return Response.json(removed, { headers: { 'cache-control': 'no-store' } });
});
