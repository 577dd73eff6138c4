'use server';

import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { ConfirmState } from '@/components/sign-in/confirm-form';
import { cookieClient } from '@/lib/db/clients';
import { env } from '@/lib/env';
import { AppError } from '@/lib/errors';
import { enforceLimit, subjectOfAddress } from '@/lib/http/limits';
import { formOf } from '@/lib/http/refuse-request';
import { inNewDocument } from '@/lib/http/session';
import { confirmation, isRefusal, NEW_PASSWORD_RULE, newPassword } from '@/lib/http/sign-in';

const USED = 'This link has expired, or was used already. Ask for a new one.';

/** Takes what a link from mail proves: signs its reader in, and with a recovery sets their new password at once. */
export async function confirmEmailAction(_before: ConfirmState, given: FormData): Promise<ConfirmState> {
  const form = formOf(given);
  const parsed = confirmation.safeParse({ type: form.get('type'), tokenHash: form.get('tokenHash') });
  if (!parsed.success) return { error: USED };
  const { type, tokenHash } = parsed.data;
  // Before the link is used up.
  const password = type === 'recovery' ? newPassword.safeParse(form.get('password')).data : null;
  if (password === undefined) return { error: NEW_PASSWORD_RULE };
  try {
    await enforceLimit('confirm_email', subjectOfAddress(await headers()));
  } catch (error) {
    if (error instanceof AppError) return { error: error.message };
    throw error;
  }
  const { auth } = cookieClient(env(), await cookies());
  const { error } = await auth.verifyOtp({ type, token_hash: tokenHash });
  if (error !== null)
    return { error: isRefusal(error) ? USED : 'This cannot be confirmed right now. Try again in a minute.' };
  if (password !== null) {
    const { error: refused } = await auth.updateUser({ password });
    if (refused !== null && refused.code !== 'same_password')
      return { error: `The password was not changed: ${refused.message}` };
    await auth.signOut({ scope: 'others' });
  }
  redirect(inNewDocument(type === 'email_change' ? '/settings' : '/'));
}
