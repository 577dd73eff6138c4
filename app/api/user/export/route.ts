import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { refuseOtherViewer } from '@/lib/http/session';
import { readUserExport } from '@/lib/user-data/store';

export const dynamic = 'force-dynamic';

/** Everything that is stored about the caller, as a file to take along. */
export const GET = route(async (request, requestId) => {
  const { userId, viewer, email } = await requireCaller(request, env());
  await enforceLimit('export', userId);
  // A link cannot send the header by which a page says whose it is.
  refuseOtherViewer(viewer, new URL(request.url).searchParams.get('viewer'));
  const tables = await readUserExport(serviceClient(env(), requestId), userId);
  return Response.json(
    { exportedAt: new Date().toISOString(), userId, email, tables },
    {
      headers: {
        'cache-control': 'private, no-store',
        'content-disposition': 'attachment; filename="portfolio-history-everything.json"',
      },
    },
  );
});
