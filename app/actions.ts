'use server';

import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { SignInState } from '@/components/sign-in/sign-in-form';
import { cookieClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { readNextPath } from '@/lib/http/address';
import { enforceLimit, release, subjectOfAddress, subjectOfEmail } from '@/lib/http/limits';
import { formOf } from '@/lib/http/refuse-request';
import { endSession, inNewDocument } from '@/lib/http/session';
import { isRefusal, password } from '@/lib/http/sign-in';

const credentials = z.object({ email: z.string().trim().min(1).max(320), password });

/** Signs in with email and password, then shows what was asked for; says only that the pair is wrong, not which of them. */
export async function signIn(_before: SignInState, given: FormData): Promise<SignInState> {
  const form = formOf(given);
  const email = String(form.get('email') ?? '');
  const parsed = credentials.safeParse({ email, password: form.get('password') });
  if (!parsed.success) return { error: 'Enter your email address and password.', email };

  let isRefusal: boolean;
  try {
    isRefusal = (await tryToSignIn(parsed.data)) === 'refused';
  } catch (error) {
    if (error instanceof AppError) return { error: error.message, email };
    throw error;
  }
  if (!isRefusal) redirect(inNewDocument(readNextPath(form.get('next'))));
  return { error: 'This email address and password do not match.', email };
}

/**
 * Only failures are counted: a success takes back what it reserved. The Auth server sees all sign-ins come from this server, so
 * its own limits cannot tell one visitor from another.
 */
async function tryToSignIn(pair: z.infer<typeof credentials>): Promise<'signed_in' | 'refused'> {
  const limits = [
    ['sign_in_address', subjectOfAddress(await headers())],
    ['sign_in_email', subjectOfEmail(pair.email)],
  ] as const;
  for (const [operation, subject] of limits) await enforceLimit(operation, subject);
  const { error } = await cookieClient(env(), await cookies()).auth.signInWithPassword(pair);
  if (error !== null && isRefusal(error)) return 'refused';
  for (const [operation, subject] of limits) await release(operation, subject);
  if (error === null) return 'signed_in';
  throw new AppError('unavailable', 'Signing in is not possible right now. Try again in a minute.', {
    cause: error,
  });
}

/** Ends the session in this browser. */
export async function signOut(): Promise<void> {
  await endSession(env(), await cookies());
  redirect(inNewDocument('/sign-in'));
}
