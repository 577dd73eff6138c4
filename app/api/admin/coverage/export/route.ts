import { exportGrid } from '@/lib/coverage/export';
import { parseCoverageQuery } from '@/lib/coverage/query';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { requireAdministrator } from '@/lib/http/caller';
import { route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';
export const maxDuration = 60;

/** The grid of users by trading days as a file, by the same question as the page. */
export const GET = route(async (request) => {
  await requireAdministrator(request, env());
  const query = parseCoverageQuery(new URL(request.url).searchParams);
  const pages = exportGrid(serviceClient(env()), query, new Date());
  // The first page is read before the answer begins, so that a fault is one.
  const first = await pages.next();
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(first.value ?? '')),
    pull: async (controller) => {
      const page = await pages.next();
      if (page.done === true) controller.close();
      else controller.enqueue(encoder.encode(page.value));
    },
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="coverage.csv"',
      'cache-control': 'no-store',
    },
  });
});
