import 'server-only';
import type { ProviderLinking } from '@/lib/providers/provider';
import { createSnapTradeClient, type SnapTradeClientOptions } from './client';
import { toListedConnection } from './transform';
import { readCredentials } from './wiring';

/** SnapTrade's connection portal behind the port. The credentials document is `{ userId, userSecret }`. */
export function createSnapTradeLinking(options: SnapTradeClientOptions): ProviderLinking {
  const client = createSnapTradeClient(options);
  return {
    id: 'snaptrade',

    registerUser: (userId) => client.registerUser(userId),

    async deleteUser(userId) {
      await client.deleteUser(userId);
    },

    async portalLink(credentials, { returnTo, reconnect }) {
      return (await client.openPortal(readCredentials(credentials), returnTo, reconnect)).redirectURI;
    },

    async listConnections(credentials) {
      return (await client.listConnections(readCredentials(credentials))).map(toListedConnection);
    },

    async deleteConnection({ credentials, externalId }) {
      await client.deleteConnection(readCredentials(credentials), externalId);
    },
  };
}
