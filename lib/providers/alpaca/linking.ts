import 'server-only';
import type { KeyLinking } from '@/lib/providers/provider';
import { type AlpacaClientOptions, createAlpacaClient } from './client';
import { RefusedKeysError } from './errors';
import { INSTITUTION } from './transform';

/** An own account at Alpaca, linked by keys that its owner made there. They end it there too, since no call deletes keys. */
export function createAlpacaKeyLinking(options: AlpacaClientOptions): KeyLinking {
  return {
    id: 'alpaca',

    async openAccount({ keyId, secretKey }) {
      const credentials = { keyId, secretKey };
      try {
        const { id } = await createAlpacaClient(options, credentials).getAccount();
        return { opened: true, accountId: id, institution: INSTITUTION, credentials };
      } catch (error) {
        if (!(error instanceof RefusedKeysError)) throw error;
        return { opened: false, reason: error.status === 401 ? 'not_accepted' : 'not_permitted' };
      }
    },
  };
}
