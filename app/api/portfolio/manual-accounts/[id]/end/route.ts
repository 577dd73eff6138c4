import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { readJsonBody } from '@/lib/http/body';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { endByHand } from '@/lib/manual-accounts/keep';
import { requireOwnAccount } from '@/lib/manual-accounts/request';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** Ends an account that the caller keeps by hand from a day on; with null takes that back. */
export const POST = route(async (request) => {
  const own = await requireOwnAccount(request, -2);
  await enforceLimit('change', own.userId);
  const input = await readJsonBody(request, z.unknown());
  const ended = await endByHand(serviceClient(env()), own, input, new Date());
  return Response.json(ended, { headers: { 'cache-control': 'no-store' } });
});
