import 'server-only';
import type { KeyLinking, OpenedAccount } from '@/lib/providers/provider';
import { type AlpacaClientOptions, createAlpacaClient } from './client';
import { RefusedCredentialsError } from './errors';
import type { AlpacaCredentials } from './schema';
import { INSTITUTION } from './transform';

/** An own account at Alpaca, linked by keys that its owner made there. They end it there too, since no call deletes keys. */
export function createAlpacaKeyLinking(options: AlpacaClientOptions): KeyLinking {
  return {
    id: 'alpaca',
    openAccount: ({ keyId, secretKey }) => openAccount({ keyId, secretKey }, options),
  };
}

/** Asks with credentials, once, which account they open. Throws `ProviderError` when that cannot be known now. */
export async function openAccount(
  credentials: AlpacaCredentials,
  options: AlpacaClientOptions,
): Promise<OpenedAccount> {
  try {
    const { id } = await createAlpacaClient(options, credentials).getAccount();
    return { opened: true, accountId: id, institution: INSTITUTION, credentials };
  } catch (error) {
    if (!(error instanceof RefusedCredentialsError)) throw error;
    return { opened: false, reason: error.status === 401 ? 'not_accepted' : 'not_permitted' };
  }
}
