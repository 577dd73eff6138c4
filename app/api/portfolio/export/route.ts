import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import { env } from '@/lib/env';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { exportHistory, exportToCsv } from '@/lib/history/export';
import { parseExportQuery } from '@/lib/history/query';
import { getHistory } from '@/lib/history/read';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { refuseOtherViewer } from '@/lib/http/session';

export const dynamic = 'force-dynamic';

/** What a user sees of their history, as a file to take along. */
export const GET = route(async (request) => {
  const { userId, viewer, client } = await requireCaller(request, env());
  await enforceLimit('export', userId);
  const now = new Date();
  const latestDue = latestClosedSession(now, SETTLE_MINUTES).date;
  const { searchParams } = new URL(request.url);
  // A link cannot send the header by which a page says whose it is.
  refuseOtherViewer(viewer, searchParams.get('viewer'));
  searchParams.delete('viewer');
  const { format, query } = parseExportQuery(searchParams, latestDue);
  const taken = exportHistory(await getHistory(client, userId, query, latestDue, now));
  const headers = {
    'cache-control': 'private, no-store',
    'content-disposition': `attachment; filename="portfolio-${taken.from}-to-${taken.to}.${format}"`,
  };
  return format === 'csv'
    ? new Response(exportToCsv(taken), { headers: { ...headers, 'content-type': 'text/csv; charset=utf-8' } })
    : Response.json(taken, { headers });
});
