import 'server-only';
import type { Env } from '@/lib/env';
import { ProviderError, type RequestGate } from '@/lib/providers/provider';
import type { AlpacaOptions } from './bars';
import type { AlpacaClientOptions } from './client';
import type { AlpacaOAuthOptions } from './oauth';
import { type AlpacaCredentials, credentialsSchema } from './schema';

/** How Alpaca's trading API is reached in an environment, through a gate. */
export function alpacaOptions(env: Env, gate: RequestGate): AlpacaClientOptions {
  return {
    ...(env.ALPACA_TRADING_BASE_URL === undefined ? {} : { baseUrl: env.ALPACA_TRADING_BASE_URL }),
    timeoutMs: env.ALPACA_TIMEOUT_MS,
    gate,
  };
}

const MARKET_DATA_TIMEOUT_MS = 15_000;

/** How Alpaca's market data is reached in an environment; null where no keys for it are configured. */
export function marketDataOptions(env: Env): AlpacaOptions | null {
  const { ALPACA_API_KEY_ID: keyId, ALPACA_API_SECRET_KEY: secretKey } = env;
  if (keyId === undefined || secretKey === undefined) return null;
  return { keyId, secretKey, baseUrl: env.ALPACA_DATA_BASE_URL, timeoutMs: MARKET_DATA_TIMEOUT_MS };
}

/** How users allow us to read their accounts there, in an environment that Alpaca knows. */
export function alpacaOAuthOptions(env: Env, gate: RequestGate): AlpacaOAuthOptions {
  const { ALPACA_OAUTH_CLIENT_ID: clientId, ALPACA_OAUTH_CLIENT_SECRET: clientSecret } = env;
  if (clientId === undefined || clientSecret === undefined)
    throw new Error('OAuth at Alpaca is not configured');
  const baseUrl = env.ALPACA_OAUTH_BASE_URL;
  return {
    ...alpacaOptions(env, gate),
    clientId,
    clientSecret,
    ...(baseUrl === undefined ? {} : { oauthBaseUrl: baseUrl }),
  };
}

/** A stored credentials document as Alpaca needs it; throws `needs_reconnect` for one that is incomplete. */
export function readCredentials(document: unknown): AlpacaCredentials {
  const parsed = credentialsSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ProviderError('needs_reconnect', 'the stored Alpaca credentials are neither keys nor a token');
}
