'use server';

import { redirect } from 'next/navigation';
import { z } from 'zod';
import type { EnrolState, VerifyState } from '@/components/second-factor-form';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { type Caller, callerByCookie } from '@/lib/http/caller';
import { enforceLimit } from '@/lib/http/limits';

const NOT_NOW = 'This is not possible right now. Try again in a minute.';

const codeForm = z.object({
  factor: z.uuid(),
  code: z
    .string()
    .transform((text) => text.replaceAll(/\s/g, ''))
    .pipe(z.string().regex(/^\d{6}$/)),
});

async function requireFirstFactor(): Promise<Caller> {
  const caller = await callerByCookie(env());
  if (caller === null) redirect('/sign-in');
  if (!caller.lacksSecondFactor) redirect('/');
  return caller;
}

/** Sets up an authenticator for an administrator who has none yet; Supabase refuses it for one who has. */
export async function enrolFactor(): Promise<EnrolState> {
  const { client, userId } = await requireFirstFactor();
  try {
    await enforceLimit('second_factor', userId);
  } catch (error) {
    if (error instanceof AppError) return { error: error.message, enrolled: null };
    throw error;
  }
  const { mfa } = client.auth;
  const { data: known } = await mfa.listFactors();
  // One that was begun and never confirmed is in the way of another.
  for (const factor of known?.all ?? []) {
    if (factor.status === 'unverified') await mfa.unenroll({ factorId: factor.id });
  }
  const { data, error } = await mfa.enroll({ factorType: 'totp' });
  if (error !== null) return { error: NOT_NOW, enrolled: null };
  return { error: null, enrolled: { factorId: data.id, secret: data.totp.secret } };
}

/** Checks a code; the session is one with a second factor from then on. */
export async function verifyFactor(_before: VerifyState, form: FormData): Promise<VerifyState> {
  const { client, userId } = await requireFirstFactor();
  const parsed = codeForm.safeParse({ factor: form.get('factor'), code: form.get('code') });
  if (!parsed.success) return { error: 'Enter the six digits that your authenticator shows.' };
  try {
    await enforceLimit('second_factor', userId);
  } catch (error) {
    if (error instanceof AppError) return { error: error.message };
    throw error;
  }
  const { factor: factorId, code } = parsed.data;
  const { error } = await client.auth.mfa.challengeAndVerify({ factorId, code });
  if (error === null) redirect('/admin/coverage');
  const isRefusal = error.status !== undefined && error.status < 500 && error.status !== 429;
  return { error: isRefusal ? 'This code is not right, or no longer.' : NOT_NOW };
}
