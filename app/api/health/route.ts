import { capturePromise, env } from '@/lib/config/env';
import { serviceClient } from '@/lib/db/clients';
import { checkHealth } from '@/lib/health/check-health';
import { route } from '@/lib/http/problem';

export const dynamic = 'force-dynamic';

/** 200 when the database answers and the last due trading day is covered; otherwise 503 and what is wrong. */
export const GET = route(async () => {
  const health = await checkHealth(serviceClient(env()), capturePromise(env()), new Date());
  return Response.json(
    { status: health.healthy ? 'ok' : 'failing', ...health },
    { status: health.healthy ? 200 : 503, headers: { 'cache-control': 'no-store' } },
  );
});
