import { readOpenMatches } from '@/lib/connections/store';
import { env } from '@/lib/env';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

/** Which of the caller's accounts may be the same real account, for them to say. */
export const GET = route(async (request) => {
  const caller = await requireCaller(request, env());
  await enforceLimit('read', caller.userId);
  const matches = await readOpenMatches(caller.client, caller.userId);
  return answerTo(caller, { matches });
});
