import { z } from 'zod';
import { startLink } from '@/lib/connections/linking';
import { wireLinking } from '@/lib/connections/wiring';
import { env } from '@/lib/env';
import { ownAddress } from '@/lib/http/address';
import { readJsonBody } from '@/lib/http/body';
import { requireCaller } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';
import { requireSameOrigin, route } from '@/lib/http/route';

export const dynamic = 'force-dynamic';

const body = z.strictObject({ reconnect: z.uuid().optional() });

/** The address of the provider's page on which the caller links a brokerage, or reconnects the connection `reconnect`; good for five minutes. */
export const POST = route(async (request, requestId) => {
  requireSameOrigin(request);
  const { userId } = await requireCaller(request, env());
  const { reconnect = null } = await readJsonBody(request, body);
  await enforceLimit('link', userId);
  const returnTo = ownAddress(request.headers, '/connections/return', env());
  const url = await startLink({ userId, reconnect, returnTo }, wireLinking(env(), requestId));
  return Response.json({ url }, { headers: { 'cache-control': 'no-store' } });
});
