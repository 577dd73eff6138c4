import { env } from '@/lib/config/env';
import { serviceClient } from '@/lib/db/clients';
import { readCoverageUser } from '@/lib/db/coverage-person';
import { AppError } from '@/lib/errors';
import { requireAdministrator } from '@/lib/http/caller';
import { pathId } from '@/lib/http/path-id';
import { route } from '@/lib/http/problem';

export const dynamic = 'force-dynamic';

/** One user's connections, accounts and held values. */
export const GET = route(async (request) => {
  await requireAdministrator(request, env());
  const userId = pathId(request, -1);
  const user =
    userId === null
      ? null
      : await readCoverageUser(serviceClient(env()), userId, env().JUDGE_SWING_FACTOR_MAX);
  if (user === null) throw new AppError('not_found', 'Nobody with this id has a portfolio.');
  return Response.json(user, { headers: { 'cache-control': 'private, no-store' } });
});
