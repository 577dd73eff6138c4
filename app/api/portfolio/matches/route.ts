import { env } from '@/lib/config/env';
import { readOpenMatches } from '@/lib/db/identity';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/problem';

export const dynamic = 'force-dynamic';

/** Which of the caller's accounts may be the same real account, for them to say. */
export const GET = route(async (request) => {
  const { userId, client } = await requireCaller(request, env());
  await enforceLimit('read', userId);
  const matches = await readOpenMatches(client, userId);
  return Response.json({ matches }, { headers: { 'cache-control': 'private, no-store' } });
});
