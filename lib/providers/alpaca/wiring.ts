import 'server-only';
import type { Env } from '@/lib/env';
import { ProviderError, type RequestGate } from '@/lib/providers/provider';
import type { AlpacaOptions } from './bars';
import type { AlpacaClientOptions } from './client';
import { type AlpacaKeys, keysSchema } from './schema';

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

/** Whether an operator tries things out with play money: accounts there are shown, and count for nothing. */
export function isPaperHost({ baseUrl }: Pick<AlpacaClientOptions, 'baseUrl'>): boolean {
  return baseUrl !== undefined && new URL(baseUrl).hostname.startsWith('paper-api.');
}

/** A stored credentials document as Alpaca needs it; throws `needs_reconnect` for one that is incomplete. */
export function readKeys(document: unknown): AlpacaKeys {
  const parsed = keysSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new ProviderError('needs_reconnect', 'the stored Alpaca credentials lack a key id or a secret');
}
