import 'server-only';
import type { Env } from '@/lib/config/env';
import type { RequestGate } from '@/lib/providers/provider';
import type { SnapTradeClientOptions } from './client';

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
