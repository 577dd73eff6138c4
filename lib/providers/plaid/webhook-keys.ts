import 'server-only';
import { createPlaidClient, type PlaidClientOptions } from './client';

/** A public key by which Plaid's signatures are verified, as a JSON Web Key. */
export interface WebhookKey {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
}

/** Reads the public key of an id; null for one that Plaid does not know, or no longer signs with. Throws `ProviderError`. */
export function createPlaidWebhookKeys(
  options: PlaidClientOptions,
): (keyId: string) => Promise<WebhookKey | null> {
  const client = createPlaidClient(options);
  return async (keyId) => {
    const key = await client.getWebhookKey(keyId);
    if (key === null || key.kid !== keyId || key.expired_at != null) return null;
    return { kty: key.kty, crv: key.crv, x: key.x, y: key.y };
  };
}
