import { type RunningSandbox, type ScenarioInput, startSandbox } from '@/lib/local/sandbox';
import { type AlpacaProviderOptions, createAlpacaProvider } from '@/lib/providers/alpaca';
import { createAlpacaKeyLinking } from '@/lib/providers/alpaca/linking';
import type { AccountKeys, ConnectionLink, KeyLinking, PortfolioProvider } from '@/lib/providers/provider';
import { type AccountInput, account, SANDBOX_KEYS, scenario } from './scenario';
import { FRIDAY_EVENING } from './snaptrade-harness';

type AlpacaAccountInput = NonNullable<ScenarioInput['alpacaAccounts']>[number];

/** An account at Alpaca that is opened by keys named after it. */
export function alpacaAccount({
  keys,
  repeatsNewest,
  rateLimitPerMinute,
  ...parts
}: Partial<AlpacaAccountInput> = {}): AlpacaAccountInput {
  const opened = account({ id: 'alpaca-1', ...parts } satisfies Partial<AccountInput>);
  return {
    ...opened,
    keys: keys ?? [keysOf(opened.id)],
    ...(repeatsNewest === undefined ? {} : { repeatsNewest }),
    ...(rateLimitPerMinute === undefined ? {} : { rateLimitPerMinute }),
  };
}

/** The first keys of an account. */
export function keysOf(accountId = 'alpaca-1'): AccountKeys {
  return { keyId: `KEY-OF-${accountId}`, secretKey: `secret-key-of-${accountId}` };
}

export function alpacaLinkOf(accountId = 'alpaca-1', keys = keysOf(accountId)): ConnectionLink {
  return { externalId: `link-to-${accountId}`, credentials: keys };
}

export interface AlpacaHarness {
  readonly sandbox: RunningSandbox;
  readonly provider: PortfolioProvider;
  readonly linking: KeyLinking;
  /** The same, but it gives up on an answer after a twentieth of a second. */
  readonly shortTimeoutProvider: PortfolioProvider;
  countGatePasses(): number;
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
    shortTimeoutProvider: createAlpacaProvider({ ...common, timeoutMs: 50 }),
    countGatePasses: () => gatePasses,
  };
}
