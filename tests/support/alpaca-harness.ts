import { type RunningSandbox, type ScenarioInput, startSandbox } from '@/lib/local/sandbox';
import { type AlpacaProviderOptions, createAlpacaProvider } from '@/lib/providers/alpaca';
import { createAlpacaKeyLinking } from '@/lib/providers/alpaca/linking';
import { createAlpacaOAuthLinking } from '@/lib/providers/alpaca/oauth';
import type {
  AccountKeys,
  ConnectionLink,
  KeyLinking,
  OAuthLinking,
  PortfolioProvider,
} from '@/lib/providers/provider';
import { type AccountInput, account, SANDBOX_KEYS, scenario } from './scenario';
import { FRIDAY_EVENING } from './snaptrade-harness';

type AlpacaAccountInput = NonNullable<ScenarioInput['alpacaAccounts']>[number];

/** An account at Alpaca that is opened by keys and by a token named after it. */
export function alpacaAccount({
  keys,
  tokens,
  repeatsNewest,
  rateLimitPerMinute,
  ...parts
}: Partial<AlpacaAccountInput> = {}): AlpacaAccountInput {
  const opened = account({ id: 'alpaca-1', ...parts } satisfies Partial<AccountInput>);
  return {
    ...opened,
    keys: keys ?? [keysOf(opened.id)],
    tokens: tokens ?? [{ token: tokenOf(opened.id) }],
    ...(repeatsNewest === undefined ? {} : { repeatsNewest }),
    ...(rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute }),
  };
}

/** The first keys of an account. */
export function keysOf(accountId = 'alpaca-1'): AccountKeys {
  return { keyId: `KEY-OF-${accountId}`, secretKey: `secret-key-of-${accountId}` };
}

/** The first token of an account. */
export function tokenOf(accountId = 'alpaca-1'): string {
  return `token-of-${accountId}`;
}

export function alpacaLinkOf(
  accountId = 'alpaca-1',
  credentials: unknown = keysOf(accountId),
): ConnectionLink {
  return { externalId: `link-to-${accountId}`, credentials };
}

export interface AlpacaHarness {
  readonly sandbox: RunningSandbox;
  readonly provider: PortfolioProvider;
  readonly linking: KeyLinking;
  readonly oauth: OAuthLinking;
  /** The same, but it gives up on an answer after a twentieth of a second. */
  readonly shortTimeoutProvider: PortfolioProvider;
  countGatePasses(): number;
}

/** This product as the sandbox knows it. */
export function alpacaApplication(sandboxUrl: string) {
  return {
    clientId: SANDBOX_KEYS.clientId,
    clientSecret: SANDBOX_KEYS.consumerKey,
    oauthBaseUrl: sandboxUrl,
  } as const;
}

/** Goes through Alpaca's page as somebody who allows us to read an account, or does as `choice` says; returns the address they are sent to. */
export async function visitAlpaca(
  url: string,
  choice: Readonly<Record<string, string>> = { choice: 'link', broker: 'alpaca-1' },
): Promise<URL> {
  const body = new FormData();
  for (const [name, value] of Object.entries(choice)) body.set(name, value);
  const answer = await fetch(url, { method: 'POST', body, redirect: 'manual' });
  await answer.arrayBuffer();
  return new URL(answer.headers.get('location') ?? '');
}

/** The real adapter on the real SDK, joined over HTTP to a sandbox whose clock stands still. */
export async function startAlpacaHarness(
  accounts: readonly AlpacaAccountInput[],
  {
    now = FRIDAY_EVENING,
    faults = [],
    ...options
  }: Partial<AlpacaProviderOptions> & {
    readonly now?: string;
    readonly faults?: NonNullable<ScenarioInput['faults']>;
  } = {},
): Promise<AlpacaHarness> {
  const sandbox = await startSandbox({
    port: 0,
    scenario: scenario({ users: [], alpacaAccounts: [...accounts], faults }),
    ...SANDBOX_KEYS,
    now: () => new Date(now),
  });
  let gatePasses = 0;
  const gate = {
    pass: async () => {
      gatePasses += 1;
    },
  };
  const clock = () => new Date(sandbox.state.now());
  const common = { baseUrl: sandbox.url, timeoutMs: 10_000, gate, clock, ...options };
  return {
    sandbox,
    provider: createAlpacaProvider(common),
    linking: createAlpacaKeyLinking(common),
    oauth: createAlpacaOAuthLinking({ ...common, ...alpacaApplication(sandbox.url) }),
    shortTimeoutProvider: createAlpacaProvider({ ...common, timeoutMs: 50 }),
    countGatePasses: () => gatePasses,
  };
}
