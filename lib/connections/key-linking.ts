import { z } from 'zod';
import { encryptCredentials } from '@/lib/credentials';
import { AppError } from '@/lib/errors';
import type { Log } from '@/lib/log';
import { type KeyLinking, type OpenedAccount, OutOfTimeError, ProviderError } from '@/lib/providers/provider';
import type { LinkedOwnAccount, OwnAccount } from './store';

/** What taking in an own account needs, whatever opens it. */
export interface OwnAccountDependencies {
  readonly link: (account: OwnAccount, now: Date) => Promise<LinkedOwnAccount | null>;
  readonly credentialsKey: string;
  readonly clock: () => Date;
  /** Distinguishes one link to an account from the next. */
  readonly newId: () => string;
  readonly log: Log;
}

/** What linking an own account by keys needs. */
export interface KeyLinkingDependencies extends OwnAccountDependencies {
  readonly provider: KeyLinking;
}

interface KeysRequest {
  readonly userId: string;
  /** As they were typed. */
  readonly keys: { readonly keyId: unknown; readonly secretKey: unknown };
  /** Our id of the connection that is to work again; null to link an account. */
  readonly reconnect: string | null;
}

/** What may stand in a header; blanks around it came from copying. */
const key = z
  .string()
  .trim()
  .regex(/^[\x21-\x7e]{1,200}$/);
const keysSchema = z.object({ keyId: key, secretKey: key });

const REFUSALS: Readonly<Record<Exclude<OpenedAccount, { opened: true }>['reason'], string>> = {
  not_accepted:
    'These keys are not accepted. Copy the key ID and the secret key once more: the secret is shown only when the keys are made. Keys of a paper account do not work here.',
  not_permitted:
    'These keys are known, but they may not read the account. See there whether the account is open and the keys may be used from anywhere, or make new ones.',
};

/**
 * Links the account that keys open, after they were tried with one request, or lets a broken connection to it work again; it is due at
 * once. Throws `AppError`: `bad_request` for keys that open nothing, or not the account that is to work again, `not_found` for
 * a connection that is not theirs, `unavailable` when the provider is.
 */
export async function linkByKeys(
  { userId, keys, reconnect }: KeysRequest,
  dependencies: KeyLinkingDependencies,
): Promise<LinkedOwnAccount> {
  const { provider } = dependencies;
  const typed = keysSchema.safeParse(keys);
  if (!typed.success)
    throw new AppError('bad_request', 'Enter the key ID and the secret key as they were shown to you.');
  const opened = await tryKeys(typed.data, provider);
  if (!opened.opened) throw new AppError('bad_request', REFUSALS[opened.reason]);
  const linked = await takeInAccount({ userId, provider: provider.id, reconnect }, opened, dependencies);
  if (linked === null) throw new AppError('not_found', 'You have no connection with this id.');
  if (linked.outcome === 'other_account')
    throw new AppError(
      'bad_request',
      'These keys open another account than the one that is linked here. Enter keys of that account, or link the other one as well.',
    );
  return linked;
}

/**
 * Takes in an account that was just seen to open, with the credentials that open it, or gives them to its connection. Null when the
 * connection that is to work again is not theirs.
 */
export async function takeInAccount(
  whose: Pick<OwnAccount, 'userId' | 'provider' | 'reconnect'>,
  { accountId, institution, credentials }: Extract<OpenedAccount, { opened: true }>,
  { link, credentialsKey, clock, newId, log }: OwnAccountDependencies,
): Promise<LinkedOwnAccount | null> {
  const account = {
    ...whose,
    accountId,
    freshId: `${accountId}.${newId()}`,
    institution,
    ciphertext: encryptCredentials(credentials, credentialsKey),
  };
  const linked = await link(account, clock());
  if (linked !== null) log('info', 'own_account_linked', { ...linked });
  return linked;
}

async function tryKeys(keys: z.output<typeof keysSchema>, provider: KeyLinking): Promise<OpenedAccount> {
  try {
    return await provider.openAccount(keys);
  } catch (error) {
    if (!(error instanceof ProviderError || error instanceof OutOfTimeError)) throw error;
    const message = 'The keys could not be tried: there is no answer right now. Try again in a minute.';
    throw new AppError('unavailable', message, { cause: error });
  }
}
