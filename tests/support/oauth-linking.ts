import { finishOAuth, type OAuthDependencies, parseOAuthReturn, startOAuth } from '@/lib/connections/oauth';
import { sessionStore } from '@/lib/connections/store';
import { createAlpacaOAuthLinking } from '@/lib/providers/alpaca/oauth';
import { alpacaApplication, visitAlpaca } from './alpaca-harness';
import { keyLinkingAt } from './key-linking';
import type { WorkerHarness } from './worker-harness';

/** Linking at Alpaca by OAuth over a harness's database and sandbox, at an instant; everything is real but the budget, which is endless. */
export function oauthAt(harness: WorkerHarness, at: string): OAuthDependencies {
  const { url } = harness.sandbox;
  return {
    ...keyLinkingAt(harness, at),
    store: sessionStore(harness.stack.admin, 'alpaca', 'Not real.'),
    provider: createAlpacaOAuthLinking({
      ...alpacaApplication(url),
      baseUrl: url,
      timeoutMs: 5_000,
      gate: { pass: async () => {} },
    }),
  };
}

/** The query with which Alpaca's page sends a user back who links there, or reconnects a connection. */
export async function visitAlpacaAs(
  userId: string,
  oauth: OAuthDependencies,
  choice?: Readonly<Record<string, string>>,
  reconnect: string | null = null,
): Promise<URLSearchParams> {
  const returnTo = 'https://app.example/connections/return/alpaca';
  const url = await startOAuth({ userId, reconnect, returnTo }, oauth);
  return (await visitAlpaca(url, choice)).searchParams;
}

/** Takes in what a user comes back with. */
export function comeBack(userId: string, query: URLSearchParams, oauth: OAuthDependencies) {
  return finishOAuth(userId, parseOAuthReturn(query), oauth);
}
