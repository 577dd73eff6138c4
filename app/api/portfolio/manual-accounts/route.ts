import { z } from 'zod';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { addByHand } from '@/lib/manual-accounts/keep';
import { readManualAccounts } from '@/lib/manual-accounts/store';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** The accounts that the caller keeps by hand, with their values. */
export const GET = route(async (request) => {
  const caller = await requireCaller(request, env());
  await enforceLimit('read', caller.userId);
  return answerTo(caller, { accounts: await readManualAccounts(caller.client, caller.userId) });
});

/** Adds an account that no broker knows, with its first value. */
export const POST = route(async (request) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  await enforceLimit('change', userId);
  const input = await readJsonBody(request, z.unknown());
  const added = await addByHand(serviceClient(env()), userId, input, {
    newId: () => crypto.randomUUID(),
    dataNotice: env().DATA_NOTICE ?? null,
    now: new Date(),
  });
  return Response.json(added, { status: 201, headers: { 'cache-control': 'no-store' } });
});
