import 'server-only';
import { decryptCredentials, encryptCredentials } from '@/lib/credentials';
import type { Log } from '@/lib/log';
import { OutOfTimeError, ProviderError, type ProviderLinking } from '@/lib/providers/provider';
import type { LinkingStore } from './store';

/** What registering users and linking their brokerages needs. */
export interface LinkingDependencies {
  readonly store: LinkingStore;
  readonly provider: ProviderLinking;
  readonly credentialsKey: string;
  readonly clock: () => Date;
  /** Distinguishes one registration from another. */
  readonly newId: () => string;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: Log;
}

/** Somebody else who registers the same user is done within a request's time; who waits asks again this often, and so many times. */
const POLL_MS = 250;
const POLLS_MAX = 60;

/** At most so many orphans are deleted in one go; the next one goes on. */
const ORPHANS_AT_ONCE = 5;

interface KeptCredentials {
  readonly ciphertext: string;
  readonly credentials: unknown;
}

/**
 * The credentials of a user at the provider, which comes to know them under our own id of them when they have none. One caller at
 * a time registers a user, and the others go on with what came of it. The provider gives a secret once: if it was lost on
 * its way, the user is registered under another id, since nothing can have been linked without the secret, and the first
 * registration is deleted. `replaces` are credentials that no longer work.
 */
export async function requireCredentials(
  userId: string,
  dependencies: LinkingDependencies,
  replaces: string | null = null,
): Promise<KeptCredentials> {
  const { store, credentialsKey, clock, newId, sleep } = dependencies;
  const known = await store.readUser(userId);
  if (known !== null && known.ciphertext !== replaces) return open(known.ciphertext, credentialsKey);
  for (let poll = 0; poll < POLLS_MAX; poll += 1) {
    const turn = await store.registrations.begin(userId, replaces, `${userId}.${newId()}`, clock());
    if ('ciphertext' in turn) return open(turn.ciphertext, credentialsKey);
    if ('waitMs' in turn) {
      await sleep(Math.min(POLL_MS, turn.waitMs));
      continue;
    }
    const registered = await register(turn, dependencies);
    if (registered === null) continue;
    const ciphertext = encryptCredentials(registered, credentialsKey);
    return open(await store.keepUser(userId, ciphertext, replaces, turn.externalId), credentialsKey);
  }
  throw new ProviderError('unavailable', 'another registration of this user does not come to its end');
}

/** Null when the id is taken: by an attempt of ours whose answer was lost, which leaves an orphan, or by whoever else. */
async function register(
  { externalId, attempts }: { readonly externalId: string; readonly attempts: number },
  { store: { registrations }, provider }: LinkingDependencies,
): Promise<unknown | null> {
  try {
    const registered = await provider.registerUser(externalId);
    if (registered === null) await registrations.settle(externalId, attempts > 1 ? 'orphaned' : 'taken');
    return registered;
  } catch (error) {
    // What was refused for certain left nothing behind; all else may have been done although we were not answered.
    if (isRefusedForCertain(error)) await registrations.forget(externalId);
    else await registrations.settle(externalId, 'lost');
    throw error;
  }
}

function isRefusedForCertain(error: unknown): boolean {
  if (error instanceof OutOfTimeError) return true;
  return error instanceof ProviderError && (error.kind === 'rate_limited' || error.kind === 'keys_refused');
}

/** Lets the provider forget registrations whose secret is lost. Twice is once, and what fails is tried again later. */
export async function deleteOrphans({ store, provider, clock, log }: LinkingDependencies): Promise<number> {
  const orphans = await store.registrations.readOrphans(ORPHANS_AT_ONCE, clock());
  let deleted = 0;
  for (const externalId of orphans) {
    try {
      await provider.deleteUser(externalId);
      await store.registrations.forget(externalId);
      deleted += 1;
      log('info', 'orphan_deleted', { externalId });
    } catch (error) {
      if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
      log('warn', 'orphan_not_deleted', { externalId, reason: error.message });
      break;
    }
  }
  return deleted;
}

function open(ciphertext: string, key: string): KeptCredentials {
  return { ciphertext, credentials: decryptCredentials(ciphertext, key) };
}
