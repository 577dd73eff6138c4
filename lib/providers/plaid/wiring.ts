import 'server-only';
import type { Env } from '@/lib/env';
import { ProviderError, type RequestGate } from '@/lib/providers/provider';
import type { PlaidClientOptions } from './client';
import { itemCredentialsSchema, type PlaidCredentials } from './schema';

/** How Plaid is reached in an environment that has it, through a gate. */
export function plaidOptions(env: Env, gate: RequestGate): PlaidClientOptions {
  if (env.PLAID_CLIENT_ID === undefined || env.PLAID_SECRET === undefined)
    throw new Error('Plaid is not configured');
  return {
    clientId: env.PLAID_CLIENT_ID,
    secret: env.PLAID_SECRET,
    ...(env.PLAID_BASE_URL === undefined ? {} : { baseUrl: env.PLAID_BASE_URL }),
    timeoutMs: env.PLAID_TIMEOUT_MS,
    gate,
  };
}

/** A stored credentials document as Plaid needs it; throws `needs_reconnect` for one that is incomplete. */
export function readItemCredentials(document: unknown): PlaidCredentials {
  const parsed = itemCredentialsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ProviderError('needs_reconnect', 'the stored Plaid credentials lack an access token');
}
