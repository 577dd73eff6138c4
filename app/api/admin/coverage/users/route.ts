import { parseCoverageQuery } from '@/lib/coverage/query';
import { readCoveragePage } from '@/lib/coverage/read';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { requireAdministrator } from '@/lib/http/caller';
import { route } from '@/lib/http/route';
import { answerTo } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

/** One page of users by trading days, as the grid shows it; `next` is the `after` of the page that follows. */
export const GET = route(async (request) => {
  const caller = await requireAdministrator(request, env());
  const query = parseCoverageQuery(new URL(request.url).searchParams);
  const page = await readCoveragePage(serviceClient(env()), query, new Date());
  return answerTo(caller, page);
});
