import { after } from 'next/server';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { route } from '@/lib/http/route';
import { fillOnEvent } from '@/lib/jobs/on-webhook';
import { log, logWith } from '@/lib/log';
import { receivePlaidEvent } from '@/lib/webhooks/plaid';
import { recordConnectionEvent } from '@/lib/webhooks/store';
import { plaidWebhookKeys } from '@/lib/webhooks/wiring';

export const dynamic = 'force-dynamic';
export const maxDuration = 300;

/** Plaid's events, signed by Plaid: the connection is looked at once Plaid has its answer. */
export const POST = route(async (request, requestId) => {
  const readKey = plaidWebhookKeys(env());
  if (readKey === null) throw new AppError('unauthenticated', 'Plaid is not configured here.');
  const { outcome, userId } = await receivePlaidEvent(request, {
    readKey,
    record: (event) => recordConnectionEvent(serviceClient(env()), 'plaid', event, new Date()),
    clock: () => new Date(),
    log: logWith(log, { requestId }),
  });
  if (userId !== null) after(() => fillOnEvent(env(), userId, requestId));
  return Response.json({ outcome }, { headers: { 'cache-control': 'no-store' } });
});
