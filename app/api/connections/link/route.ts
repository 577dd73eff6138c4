import { z } from 'zod';
import { startLinkAt } from '@/lib/connections/start';
import { PROVIDER_IDS } from '@/lib/domain/states';
import { env } from '@/lib/env';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ reconnect: z.uuid().optional(), provider: z.enum(PROVIDER_IDS).optional() });

/**
 * The address of the page of `provider` (SnapTrade where none is named) on which the caller links a brokerage, or reconnects the connection
 * `reconnect`; good for minutes.
 */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const { reconnect = null, provider = null } = await readJsonBody(request, body);
  await enforceLimit('link', userId);
  const url = await startLinkAt({ userId, reconnect, provider }, request.headers, env(), requestId);
  return Response.json({ url }, { headers: { 'cache-control': 'no-store' } });
});
