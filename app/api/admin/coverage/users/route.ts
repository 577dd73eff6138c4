import { env } from '@/lib/config/env';
import { parseCoverageQuery } from '@/lib/coverage/query';
import { readCoveragePage } from '@/lib/coverage/read';
import { serviceClient } from '@/lib/db/clients';
import { requireAdministrator } from '@/lib/http/caller';
import { route } from '@/lib/http/problem';
import { answerTo } from '@/lib/http/viewer';

export const dynamic = 'force-dynamic';

/** One page of users by trading days, as the grid shows it; `next` is the `after` of the page that follows. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const query = parseCoverageQuery(new URL(request.url).searchParams);
  const page = await readCoveragePage(serviceClient(env()), query, new Date());
  return answerTo(caller, page);
});
