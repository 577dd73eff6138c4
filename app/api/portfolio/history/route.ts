import { after } from 'next/server';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { env } from '@/lib/env';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { parseHistoryQuery } from '@/lib/history/query';
import { getHistory } from '@/lib/history/read';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit, ifWithinLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { fillOnView } from '@/lib/jobs/on-view';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** A user's own history for a period or a range, as one document. */
export const GET = route(async (request, requestId) => {
  const caller = await requireCaller(request, env());
  const { userId, client } = caller;
  await enforceLimit('read', userId);
  const now = new Date();
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const query = parseHistoryQuery(new URL(request.url).searchParams, latestDue);
  const history = await getHistory(client, userId, query, latestDue, now);
  after(() => ifWithinLimit('fill_on_view', userId, () => fillOnView(env(), userId, history, requestId)));
  return answerTo(caller, history);
});
