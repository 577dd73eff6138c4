'use server';

import { cookies } from 'next/headers';
import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { SignInState } from '@/components/sign-in-form';
import { env } from '@/lib/config/env';
import { cookieClient } from '@/lib/db/clients';
import { formOf } from '@/lib/http/action-form';
import { readNextPath } from '@/lib/http/next-path';

const credentials = z.object({
  email: z.string().trim().min(1).max(320),
  password: z.string().min(1).max(200),
});

/** Signs in with email and password, then shows what was asked for; says only that the pair is wrong, not which of them. */
export async function signIn(_before: SignInState, given: FormData): Promise<SignInState> {
  const form = formOf(given);
  const email = String(form.get('email') ?? '');
  const parsed = credentials.safeParse({ email, password: form.get('password') });
  if (!parsed.success) return { error: 'Enter your email address and password.', email };

  const { error } = await cookieClient(env(), await cookies()).auth.signInWithPassword(parsed.data);
  if (error === null) redirect(readNextPath(form.get('next')));
  const isRefusal = error.status !== undefined && error.status < 500 && error.status !== 429;
  return {
    error: isRefusal
      ? 'This email address and password do not match.'
      : 'Signing in is not possible right now. Try again in a minute.',
    email,
  };
}

/** Ends the session in this browser. */
export async function signOut(): Promise<void> {
  await cookieClient(env(), await cookies()).auth.signOut({ scope: 'local' });
  redirect('/sign-in');
}
