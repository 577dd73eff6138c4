import { after } from 'next/server';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { route } from '@/lib/http/route';
import { fillOnEvent } from '@/lib/jobs/on-webhook';
import { log, logWith } from '@/lib/log';
import { receiveSnapTradeEvent } from '@/lib/webhooks/receive';
import { recordConnectionEvent } from '@/lib/webhooks/store';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** SnapTrade's events, signed with our consumer key: the connection is looked at once SnapTrade has its answer. */
export const POST = route(async (request, requestId) => {
  const { outcome, userId } = await receiveSnapTradeEvent(request, {
    consumerKey: env().SNAPTRADE_CONSUMER_KEY,
    record: (event) => recordConnectionEvent(serviceClient(env()), 'snaptrade', event, new Date()),
    log: logWith(log, { requestId }),
  });
  if (userId !== null) after(() => fillOnEvent(env(), userId, requestId));
  return Response.json({ outcome }, { headers: { 'cache-control': 'no-store' } });
});
