import { readCoverageDay } from '@/lib/coverage/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireAdministrator } from '@/lib/http/caller';
import { calendarDate } from '@/lib/http/query';
import { pathId, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { recordViews } from '@/lib/operations/store';

export const dynamic = 'force-dynamic';

/** Everything that is known of one user's day: observations, verdicts, outcomes, snapshots and corrections. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const userId = pathId(request, -2);
  const date = calendarDate.safeParse(new URL(request.url).pathname.split('/').at(-1)).data;
  const day =
    userId === null || date === undefined ? null : await readCoverageDay(serviceClient(env()), userId, date);
  if (day === null || userId === null)
    throw new AppError('not_found', 'Nobody with this id has a portfolio, or this is no day.');
  await recordViews(serviceClient(env()), { actorId: caller.userId, userIds: [userId] }, new Date());
  return answerTo(caller, day);
});
