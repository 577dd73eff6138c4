import { readCoverageUser } from '@/lib/coverage/store';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { requireAdministrator } from '@/lib/http/caller';
import { pathId, route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';
import { recordViews } from '@/lib/operations/store';

export const dynamic = 'force-dynamic';

/** One user's connections, accounts and held values. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const userId = pathId(request, -1);
  const user = userId === null ? null : await readCoverageUser(serviceClient(env()), userId);
  if (user === null) throw new AppError('not_found', 'Nobody with this id has a portfolio.');
  await recordViews(serviceClient(env()), { actorId: caller.userId, userIds: [user.userId] }, new Date());
  return answerTo(caller, user);
});
