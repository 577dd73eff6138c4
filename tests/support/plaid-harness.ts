import type { z } from 'zod';
import { type RunningSandbox, type ScenarioInput, startSandbox } from '@/lib/local/sandbox';
import type { plaidItemSchema } from '@/lib/local/sandbox/scenario';
import { createPlaidProvider, type PlaidProviderOptions } from '@/lib/providers/plaid';
import type { ConnectionLink, PortfolioProvider } from '@/lib/providers/provider';
import { account, SANDBOX_KEYS, scenario } from './scenario';
import { FRIDAY_EVENING } from './snaptrade-harness';

export type PlaidItemInput = z.input<typeof plaidItemSchema>;

/** A login at an institution with one account, whose access token is named after it. Plaid read it half an hour after the close. */
export function plaidItem(parts: Partial<PlaidItemInput> = {}): PlaidItemInput {
  const id = parts.id ?? 'item-1';
  return { id, accessToken: accessTokenOf(id), accounts: [account({ id: 'plaid-1' })], ...parts };
}

export function accessTokenOf(itemId = 'item-1'): string {
  return `access-token-of-${itemId}`;
}

export function plaidLinkOf(itemId = 'item-1'): ConnectionLink {
  return { externalId: itemId, credentials: { accessToken: accessTokenOf(itemId) } };
}

/** Keys and address of Plaid as the sandbox plays it. */
export function plaidKeys(sandboxUrl: string) {
  return {
    clientId: SANDBOX_KEYS.clientId,
    secret: SANDBOX_KEYS.consumerKey,
    baseUrl: `${sandboxUrl}/plaid`,
  };
}

export interface PlaidHarness {
  readonly sandbox: RunningSandbox;
  readonly provider: PortfolioProvider;
  /** The same, but it gives up on an answer after a twentieth of a second. */
  readonly shortTimeoutProvider: PortfolioProvider;
  countGatePasses(): number;
}

interface PlaidHarnessOptions extends Partial<PlaidProviderOptions> {
  readonly now?: string;
  readonly faults?: NonNullable<ScenarioInput['faults']>;
  /** What happens before each request. */
  readonly onPass?: (sandbox: RunningSandbox, passes: number) => void;
}

/** The real adapter on the real SDK, joined over HTTP to a sandbox whose clock stands still. */
export async function startPlaidHarness(
  items: readonly PlaidItemInput[],
  { now = FRIDAY_EVENING, faults = [], onPass = () => {}, ...options }: PlaidHarnessOptions = {},
): Promise<PlaidHarness> {
  const sandbox = await startSandbox({
    port: 0,
    scenario: scenario({ users: [], plaidItems: [...items], faults }),
    ...SANDBOX_KEYS,
    now: () => new Date(now),
  });
  let gatePasses = 0;
  const gate = {
    pass: async () => {
      gatePasses += 1;
      onPass(sandbox, gatePasses);
    },
  };
  const clock = () => new Date(sandbox.state.now());
  const common = { ...plaidKeys(sandbox.url), timeoutMs: 10_000, gate, clock, ...options };
  return {
    sandbox,
    provider: createPlaidProvider(common),
    shortTimeoutProvider: createPlaidProvider({ ...common, timeoutMs: 50 }),
    countGatePasses: () => gatePasses,
  };
}
