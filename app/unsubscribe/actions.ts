'use server';

import { headers } from 'next/headers';
import type { UnsubscribeState } from '@/components/messages/unsubscribe-form';
import { serviceClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress } from '@/lib/http/limits';
import { formOf } from '@/lib/http/refuse-request';
import { setSubscription } from '@/lib/messages/store';
import { readUnsubscribeToken } from '@/lib/messages/unsubscribe';

/** Ends a kind of messages for whom the link was sent to, without a sign-in. */
export async function unsubscribeAction(
  _before: UnsubscribeState,
  given: FormData,
): Promise<UnsubscribeState> {
  const token = formOf(given).get('token');
  const unsubscription = readUnsubscribeToken(
    typeof token === 'string' ? token : null,
    env().CREDENTIALS_KEY,
  );
  if (unsubscription === null) return { error: 'This is not a link from our mail.', isDone: false };
  try {
    await enforceLimit('unsubscribe', subjectOfAddress(await headers()));
    await setSubscription(serviceClient(env()), { ...unsubscription, isWanted: false }, new Date());
  } catch (error) {
    if (error instanceof AppError) return { error: error.message, isDone: false };
    throw error;
  }
  return { error: null, isDone: true };
}
