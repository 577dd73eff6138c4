import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';

/** The user who signs in with an e-mail address; null when nobody does. For operators. */
export function findUserByEmail(client: SupabaseClient<Database>, email: string): Promise<string | null> {
  return readAnswer(
    'user_with_email',
    client.rpc('user_with_email', { p_email: email }),
    z.uuid().nullable(),
  );
}

/** A user's e-mail address; null when there is no such user. For operators. */
export function readUserEmail(client: SupabaseClient<Database>, userId: string): Promise<string | null> {
  return readAnswer('user_email', client.rpc('user_email', { p_user_id: userId }), z.string().nullable());
}
