import 'server-only';
import { visitorClient } from '@/lib/db/clients';
import type { Env } from '@/lib/env';
import { AppError } from '@/lib/errors';

/**
 * Whether a password is that of a user, asked before what cannot be undone: an open session alone does not prove who sits
 * there. The session that asking makes is ended at once. Throws `unavailable` when the Auth server cannot be asked.
 */
export async function isOwnPassword(env: Env, email: string, password: string): Promise<boolean> {
  const { auth } = visitorClient(env);
  const { error } = await auth.signInWithPassword({ email, password });
  if (error === null) {
    await auth.signOut({ scope: 'local' });
    return true;
  }
  if (error.status !== undefined && error.status > 0 && error.status < 500 && error.status !== 429)
    return false;
  throw new AppError('unavailable', 'Your password cannot be checked right now. Try again in a minute.', {
    cause: error,
  });
}
