import { toCurrency } from '@/lib/domain/money';
import { type RunningSandbox, type ScenarioInput, startSandbox } from '@/lib/local/sandbox';
import type {
  AccountRef,
  ConnectionLink,
  PortfolioProvider,
  ProviderLinking,
  RequestGate,
} from '@/lib/providers/provider';
import { createSnapTradeProvider, type SnapTradeProviderOptions } from '@/lib/providers/snaptrade';
import { createSnapTradeLinking } from '@/lib/providers/snaptrade/linking';
import { SANDBOX_KEYS } from './scenario';

/** Friday, an hour after the close. */
export const FRIDAY_EVENING = '2026-11-20T22:00:00.000Z';

export interface SnapTradeHarness {
  readonly sandbox: RunningSandbox;
  readonly provider: PortfolioProvider;
  readonly linking: ProviderLinking;
  /** The same, but it gives up on an answer after a twentieth of a second. */
  readonly shortTimeoutProvider: PortfolioProvider;
  countGatePasses(): number;
}

export interface SnapTradeHarnessOptions extends Partial<SnapTradeProviderOptions> {
  /** Where the sandbox's clock stands until a test pins it elsewhere. */
  readonly now?: string;
  /** Milliseconds for the sandbox's rate limit. */
  readonly readWallClockMs?: () => number;
  /** The key that the sandbox verifies with, when it is not the common one. */
  readonly sandboxConsumerKey?: string;
}

/** The real adapter on the real SDK, joined over HTTP to a sandbox whose clock stands still. */
export async function startSnapTradeHarness(
  scenario: ScenarioInput,
  {
    now = FRIDAY_EVENING,
    readWallClockMs = () => 0,
    sandboxConsumerKey,
    ...options
  }: SnapTradeHarnessOptions = {},
): Promise<SnapTradeHarness> {
  const sandbox = await startSandbox({
    port: 0,
    scenario,
    ...SANDBOX_KEYS,
    consumerKey: sandboxConsumerKey ?? SANDBOX_KEYS.consumerKey,
    now: () => new Date(now),
    readWallClockMs,
  });
  let gatePasses = 0;
  const gate: RequestGate = {
    pass: async () => {
      gatePasses += 1;
    },
  };
  const clock = () => new Date(sandbox.state.now());
  const common = { ...SANDBOX_KEYS, baseUrl: sandbox.url, legacyReporting: false, gate, clock, ...options };
  return {
    sandbox,
    provider: createSnapTradeProvider({ timeoutMs: 10_000, ...common }),
    linking: createSnapTradeLinking({ timeoutMs: 10_000, ...common }),
    shortTimeoutProvider: createSnapTradeProvider({ ...common, timeoutMs: 50 }),
    countGatePasses: () => gatePasses,
  };
}

export function linkOf(connectionId = 'connection-1', userId = 'user-1'): ConnectionLink {
  return { externalId: connectionId, credentials: { userId, userSecret: `secret-of-${userId}` } };
}

export function refOf(accountId = 'account-1', currency: string | null = 'USD'): AccountRef {
  return { externalId: accountId, currency: currency === null ? null : toCurrency(currency) };
}
