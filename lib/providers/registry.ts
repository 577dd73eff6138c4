import 'server-only';
import type { Env } from '@/lib/env';
import { createAlpacaProvider } from './alpaca';
import { alpacaOptions } from './alpaca/wiring';
import type { PortfolioProvider, ProviderId, RequestGate } from './provider';
import { createSnapTradeProvider } from './snaptrade';
import { snapTradeOptions } from './snaptrade/wiring';

/** A provider that an environment has, and how fast it may be asked. */
export interface ConfiguredProvider {
  readonly id: ProviderId;
  /** What all processes together may ask within a minute. */
  readonly requestsPerMinute: number;
  readonly open: (gate: RequestGate) => PortfolioProvider;
}

/** Every provider that an environment has. Whatever asks, links or offers one begins here. */
export function configuredProviders(env: Env): readonly ConfiguredProvider[] {
  const clock = (): Date => new Date();
  return [
    {
      id: 'snaptrade',
      requestsPerMinute: env.SNAPTRADE_REQUESTS_PER_MINUTE,
      open: (gate) =>
        createSnapTradeProvider({
          ...snapTradeOptions(env, gate),
          legacyReporting: env.SNAPTRADE_LEGACY_REPORTING,
          clock,
        }),
    },
    ...(env.ALPACA_LINKING
      ? [
          {
            id: 'alpaca' as const,
            requestsPerMinute: env.ALPACA_REQUESTS_PER_MINUTE,
            open: (gate: RequestGate) => createAlpacaProvider({ ...alpacaOptions(env, gate), clock }),
          },
        ]
      : []),
  ];
}
