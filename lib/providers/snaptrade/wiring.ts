import 'server-only';
import type { Env } from '@/lib/env';
import { ProviderError, type RequestGate } from '@/lib/providers/provider';
import type { SnapTradeClientOptions } from './client';
import { credentialsSchema, type SnapTradeCredentials } from './schema';

/** How SnapTrade is reached in an environment, through a gate. */
export function snapTradeOptions(env: Env, gate: RequestGate): SnapTradeClientOptions {
  return {
    clientId: env.SNAPTRADE_CLIENT_ID,
    consumerKey: env.SNAPTRADE_CONSUMER_KEY,
    ...(env.SNAPTRADE_BASE_URL === undefined ? {} : { baseUrl: env.SNAPTRADE_BASE_URL }),
    timeoutMs: env.SNAPTRADE_TIMEOUT_MS,
    gate,
  };
}

/** A stored credentials document as SnapTrade needs it; throws `needs_reconnect` for one that is incomplete. */
export function readCredentials(document: unknown): SnapTradeCredentials {
  const parsed = credentialsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ProviderError('needs_reconnect', 'the stored SnapTrade credentials lack a user id or secret');
}
