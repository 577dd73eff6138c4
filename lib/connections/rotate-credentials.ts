import 'server-only';
import { currentPrefix, decryptCredentials, encryptCredentials } from '@/lib/credentials';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readOutdatedCredentials, replaceCredentials } from './store';

/** So many are encrypted anew at once; no row is locked longer than it takes to write them. */
const AT_ONCE = 200;

/** What encrypting all credentials anew came to. */
interface Rotated {
  readonly rewritten: number;
  /** Where credentials stand that none of the keys opens. Their users have to link anew, unless the key is found. */
  readonly unreadable: readonly string[];
}

/**
 * Encrypts with the first of the keys all credentials that another one encrypts, while the product runs. It can be broken off and run
 * again, also twice at once; what somebody replaces meanwhile stays as they wrote it.
 */
export async function rotateCredentials(
  client: SupabaseClient<Database>,
  keys: string,
  atOnce = AT_ONCE,
): Promise<Rotated> {
  const prefix = currentPrefix(keys);
  const unreadable: string[] = [];
  let rewritten = 0;
  let after = '';
  for (;;) {
    const outdated = await readOutdatedCredentials(client, prefix, after, atOnce);
    const last = outdated.at(-1);
    if (last === undefined) return { rewritten, unreadable };
    after = last.key;
    const renewed = outdated.flatMap(({ key, ciphertext }) => {
      const text = encryptAnew(ciphertext, keys);
      if (text === null) unreadable.push(key);
      return text === null ? [] : [{ key, ciphertext: text, replaces: ciphertext }];
    });
    rewritten += await replaceCredentials(client, renewed);
  }
}

/** Null for what none of the keys opens. */
function encryptAnew(ciphertext: string, keys: string): string | null {
  let credentials: unknown;
  try {
    credentials = decryptCredentials(ciphertext, keys);
  } catch {
    return null;
  }
  return encryptCredentials(credentials, keys);
}
