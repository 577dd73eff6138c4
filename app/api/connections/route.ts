import { readConnections } from '@/lib/connections/store';
import { env } from '@/lib/env';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

/** The caller's connections with their accounts, also those that were unlinked. */
export const GET = route(async (request) => {
  const caller = await requireCaller(request, env());
  await enforceLimit('read', caller.userId);
  const connections = await readConnections(caller.client, caller.userId);
  return answerTo(caller, { connections });
});
