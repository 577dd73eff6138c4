'use server';

import { headers } from 'next/headers';
import type { MailState } from '@/components/sign-in/mail-sent';
import { visitorClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress, subjectOfEmail } from '@/lib/http/limits';
import { formOf } from '@/lib/http/refuse-request';
import { emailAddress, isRefusal } from '@/lib/http/sign-in';

/** Has a link sent by which a password is replaced; says the same whether or not somebody has that address here. */
export async function sendRecoveryAction(_before: MailState, given: FormData): Promise<MailState> {
  const typed = String(formOf(given).get('email') ?? '').trim();
  const refuse = (error: string): MailState => ({ error, email: typed, isSent: false });
  const email = emailAddress.safeParse(typed).data;
  if (email === undefined) return refuse('Enter your e-mail address.');
  try {
    await enforceLimit('mail', subjectOfAddress(await headers()));
    await enforceLimit('mail_to', subjectOfEmail(email));
  } catch (error) {
    if (error instanceof AppError) return refuse(error.message);
    throw error;
  }
  const { error } = await visitorClient(env()).auth.resetPasswordForEmail(email);
  if (error !== null && !isRefusal(error))
    return refuse('Mail cannot be sent right now. Try again in a minute.');
  return { error: null, email, isSent: true };
}
