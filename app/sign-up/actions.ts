'use server';

import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { MailState } from '@/components/sign-in/mail-sent';
import { cookieClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress, subjectOfEmail } from '@/lib/http/limits';
import { formOf } from '@/lib/http/refuse-request';
import { inNewDocument } from '@/lib/http/session';
import { emailAddress, isRefusal, NEW_PASSWORD_RULE, newPassword } from '@/lib/http/sign-in';

/**
 * Makes a user and has their address confirmed by mail. Whether somebody has that address already is not said: the mailbox
 * alone learns it.
 */
export async function signUpAction(_before: MailState, given: FormData): Promise<MailState> {
  const form = formOf(given);
  const typed = String(form.get('email') ?? '').trim();
  const refuse = (error: string): MailState => ({ error, email: typed, isSent: false });
  if (env().SIGN_UP === 'closed') return refuse('New accounts are made by the operator.');
  const email = emailAddress.safeParse(typed).data;
  if (email === undefined) return refuse('Enter your e-mail address.');
  const password = newPassword.safeParse(form.get('password')).data;
  if (password === undefined) return refuse(NEW_PASSWORD_RULE);
  try {
    await enforceLimit('mail', subjectOfAddress(await headers()));
    await enforceLimit('mail_to', subjectOfEmail(email));
  } catch (error) {
    if (error instanceof AppError) return refuse(error.message);
    throw error;
  }
  const { data, error } = await cookieClient(env(), await cookies()).auth.signUp({ email, password });
  // An operator's project that confirms no addresses signs in at once.
  if (data.session !== null) redirect(inNewDocument('/'));
  if (error === null || error.code === 'user_already_exists' || error.code === 'email_exists')
    return { error: null, email, isSent: true };
  if (error.code === 'weak_password') return refuse('This password is easy to guess. Choose another one.');
  if (isRefusal(error)) return refuse('No account can be made with this address.');
  return refuse('Accounts cannot be made right now. Try again in a minute.');
}
