import { type PortfolioProvider, ProviderError } from '@/lib/providers/provider';

interface Patience {
  /** Tells everybody who shares the budget to wait. */
  readonly pause: (waitMs: number) => Promise<void>;
  readonly timeLeftMs: () => number;
}

/** When a provider refuses without saying for how long. */
const DEFAULT_WAIT_MS = 10_000;

const ATTEMPTS_MAX = 3;

/**
 * A provider that, told to wait, makes all processes wait and then asks again, as long as there is time. The waiting
 * itself happens at the gate, which every request has to pass.
 */
export function createPatientProvider(provider: PortfolioProvider, patience: Patience): PortfolioProvider {
  async function ask<T>(question: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await question();
      } catch (error) {
        if (!(error instanceof ProviderError) || error.kind !== 'rate_limited') throw error;
        const waitMs = error.retryAfterMs ?? DEFAULT_WAIT_MS;
        await patience.pause(waitMs);
        if (attempt === ATTEMPTS_MAX || waitMs >= patience.timeLeftMs()) throw error;
      }
    }
  }
  return {
    id: provider.id,
    lookBackDays: provider.lookBackDays,
    currentValues: (link) => ask(() => provider.currentValues(link)),
    connectionHealth: (link) => ask(() => provider.connectionHealth(link)),
    requestRefresh: (link) => ask(() => provider.requestRefresh(link)),
    valueHistory: (link, account, range) => ask(() => provider.valueHistory(link, account, range)),
    cashFlows: (link, account, range) => ask(() => provider.cashFlows(link, account, range)),
  };
}
