import 'server-only';
import type { Env } from '@/lib/env';
import { createAlpacaProvider } from './alpaca';
import { createAlpacaKeyLinking } from './alpaca/linking';
import { createAlpacaOAuthLinking } from './alpaca/oauth';
import { alpacaOAuthOptions, alpacaOptions } from './alpaca/wiring';
import { createPlaidProvider } from './plaid';
import { createPlaidLinking } from './plaid/linking';
import { plaidOptions } from './plaid/wiring';
import type { KeyLinking, OAuthLinking, ProviderLinking, RequestGate, SessionLinking } from './provider';
import type { BudgetedProvider } from './request-budget';
import { createSnapTradeProvider } from './snaptrade';
import { createSnapTradeLinking } from './snaptrade/linking';
import { snapTradeOptions } from './snaptrade/wiring';

/** A provider that an environment has, how fast it may be asked, and in which ways a user links an account there, the best one first. */
export interface ConfiguredProvider extends BudgetedProvider {
  readonly waysToLink: readonly WayToLink[];
}

/**
 * On the provider's own pages, as somebody whom the provider knows or in a session for each login; or an account of one's own, by
 * allowing it at the broker or by keys that were made there.
 */
export type WayToLink =
  | { readonly by: 'session'; readonly open: (gate: RequestGate) => SessionLinking }
  | { readonly by: 'portal'; readonly open: (gate: RequestGate) => ProviderLinking }
  | { readonly by: 'oauth'; readonly open: (gate: RequestGate) => OAuthLinking }
  | { readonly by: 'keys'; readonly open: (gate: RequestGate) => KeyLinking };

/** Every provider that an environment has, in the order in which they are offered. Whatever asks, links or offers one begins here. */
export function configuredProviders(env: Env): readonly ConfiguredProvider[] {
  return [
    snapTrade(env),
    ...(env.PLAID_CLIENT_ID === undefined ? [] : [plaid(env)]),
    ...(env.ALPACA_LINKING || env.ALPACA_OAUTH_CLIENT_ID !== undefined ? [alpaca(env)] : []),
  ];
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
    waysToLink: [{ by: 'portal', open: (gate) => createSnapTradeLinking(snapTradeOptions(env, gate)) }],
  };
}

function plaid(env: Env): ConfiguredProvider {
  return {
    id: 'plaid',
    requestsPerMinute: env.PLAID_REQUESTS_PER_MINUTE,
    open: (gate) => createPlaidProvider({ ...plaidOptions(env, gate), clock }),
    waysToLink: [
      {
        by: 'session',
        open: (gate) =>
          createPlaidLinking({ ...plaidOptions(env, gate), countries: env.PLAID_COUNTRIES.split(',') }),
      },
    ],
  };
}

function alpaca(env: Env): ConfiguredProvider {
  return {
    id: 'alpaca',
    requestsPerMinute: env.ALPACA_REQUESTS_PER_MINUTE,
    open: (gate) => createAlpacaProvider({ ...alpacaOptions(env, gate), clock }),
    waysToLink: [...alpacaOAuth(env), ...(env.ALPACA_LINKING ? [alpacaKeys(env)] : [])],
  };
}

function alpacaOAuth(env: Env): readonly WayToLink[] {
  return env.ALPACA_OAUTH_CLIENT_ID === undefined
    ? []
    : [{ by: 'oauth', open: (gate) => createAlpacaOAuthLinking(alpacaOAuthOptions(env, gate)) }];
}

function alpacaKeys(env: Env): WayToLink {
  return { by: 'keys', open: (gate) => createAlpacaKeyLinking(alpacaOptions(env, gate)) };
}
