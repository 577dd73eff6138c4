import { env } from '@/lib/config/env';
import { readConnections } from '@/lib/db/connections';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/problem';

export const dynamic = 'force-dynamic';

/** The caller's connections with their accounts, also those that were unlinked. */
export const GET = route(async (request) => {
  const { userId, client } = await requireCaller(request, env());
  await enforceLimit('read', userId);
  const connections = await readConnections(client, userId);
  return Response.json({ connections }, { headers: { 'cache-control': 'private, no-store' } });
});
