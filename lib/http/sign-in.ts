import 'server-only';
import { z } from 'zod';
import { visitorClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';

/** An address to which mail can be sent. */
export const emailAddress = z.email().max(320);

/** What a link from our mail proves, and with what. */
export const confirmation = z.object({
  type: z.enum(['signup', 'recovery', 'email_change']),
  tokenHash: z.string().min(1).max(200),
});

/** A password as somebody signs in with it. */
export const password = z.string().min(1).max(200);

/** What a new password has to be: bcrypt looks at no more than 72 bytes. */
export const newPassword = z.string().min(8).max(72);
export const NEW_PASSWORD_RULE = 'A password has 8 to 72 characters.';

/**
 * Whether a password is that of a user, asked before what cannot be undone: an open session alone does not prove who sits
 * there. The session that asking makes is ended at once. Throws `unavailable` when the Auth server cannot be asked.
 */
export async function isOwnPassword(env: Env, email: string, given: string): Promise<boolean> {
  const { auth } = visitorClient(env);
  const { error } = await auth.signInWithPassword({ email, password: given });
  if (error === null) {
    await auth.signOut({ scope: 'local' });
    return true;
  }
  if (isRefusal(error)) return false;
  throw new AppError('unavailable', 'Your password cannot be checked right now. Try again in a minute.', {
    cause: error,
  });
}

/** Whether the Auth server said no, and not that it is away or has too much to do. */
export function isRefusal({ status }: { readonly status?: number | undefined }): boolean {
  return status !== undefined && status > 0 && status < 500 && status !== 429;
}
