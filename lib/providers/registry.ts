import 'server-only';
import type { Env } from '@/lib/env';
import { createAlpacaProvider } from './alpaca';
import { createAlpacaKeyLinking } from './alpaca/linking';
import { alpacaOptions } from './alpaca/wiring';
import type { KeyLinking, ProviderLinking, RequestGate } from './provider';
import type { BudgetedProvider } from './request-budget';
import { createSnapTradeProvider } from './snaptrade';
import { createSnapTradeLinking } from './snaptrade/linking';
import { snapTradeOptions } from './snaptrade/wiring';

/** A provider that an environment has, how fast it may be asked, and how a user links an account there. */
export interface ConfiguredProvider extends BudgetedProvider {
  readonly linking: WayToLink;
}

/** On the provider's own pages, or by keys that a user made for an account of their own. */
type WayToLink =
  | { readonly by: 'portal'; readonly open: (gate: RequestGate) => ProviderLinking }
  | { readonly by: 'keys'; readonly open: (gate: RequestGate) => KeyLinking };

/** Every provider that an environment has, in the order in which they are offered. Whatever asks, links or offers one begins here. */
export function configuredProviders(env: Env): readonly ConfiguredProvider[] {
  return env.ALPACA_LINKING ? [snapTrade(env), alpaca(env)] : [snapTrade(env)];
}

const clock = (): Date => new Date();

function snapTrade(env: Env): ConfiguredProvider {
  return {
    id: 'snaptrade',
    requestsPerMinute: env.SNAPTRADE_REQUESTS_PER_MINUTE,
    open: (gate) =>
      createSnapTradeProvider({
        ...snapTradeOptions(env, gate),
        legacyReporting: env.SNAPTRADE_LEGACY_REPORTING,
        clock,
      }),
    linking: { by: 'portal', open: (gate) => createSnapTradeLinking(snapTradeOptions(env, gate)) },
  };
}

function alpaca(env: Env): ConfiguredProvider {
  return {
    id: 'alpaca',
    requestsPerMinute: env.ALPACA_REQUESTS_PER_MINUTE,
    open: (gate) => createAlpacaProvider({ ...alpacaOptions(env, gate), clock }),
    linking: { by: 'keys', open: (gate) => createAlpacaKeyLinking(alpacaOptions(env, gate)) },
  };
}
