import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress } from '@/lib/http/limits';
import { route } from '@/lib/http/route';
import { setSubscription } from '@/lib/messages/store';
import { readUnsubscribeToken } from '@/lib/messages/unsubscribe';

export const dynamic = 'force-dynamic';

/**
 * Ends a kind of messages for the user whom one of them was sent to, as their mail program asks with one click (RFC 8058). The link's
 * own signature is what lets it in; its body says nothing more.
 */
export const POST = route(async (request) => {
  const token = new URL(request.url).searchParams.get('token');
  const unsubscription = readUnsubscribeToken(token, env().CREDENTIALS_KEY);
  if (unsubscription === null) throw new AppError('unauthenticated', 'This is not a link from our mail.');
  await enforceLimit('unsubscribe', subjectOfAddress(request.headers));
  await setSubscription(serviceClient(env()), { ...unsubscription, isWanted: false }, new Date());
  return Response.json({ unsubscribed: unsubscription.topic }, { headers: { 'cache-control': 'no-store' } });
});
