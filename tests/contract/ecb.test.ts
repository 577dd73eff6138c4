import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { type RunningSandbox, startSandbox } from '@/lib/local/sandbox';
import type { FaultEffect } from '@/lib/local/sandbox/faults';
import { createEcbRates } from '@/lib/providers/ecb';
import type { ProviderErrorKind } from '@/lib/providers/provider';
import { SANDBOX_KEYS, scenario } from '../support/scenario';

const EXCHANGE_RATES = { 'EUR-USD': { '2026-04-01': '1.08', '2026-04-07': '1.09' }, 'EUR-CAD': '1.45' };

describe('reference rates over HTTP', () => {
  let sandbox: RunningSandbox;
  beforeEach(async () => {
    sandbox = await startSandbox({
      port: 0,
      ...SANDBOX_KEYS,
      scenario: scenario({ exchangeRates: EXCHANGE_RATES }),
      now: () => new Date('2026-04-08T14:59:00Z'),
    });
  });
  afterEach(() => sandbox.close());

  const source = (timeoutMs = 5_000) => createEcbRates({ baseUrl: sandbox.url, timeoutMs });

  it('come for the days on which they are published, and not before the hour', async () => {
    const days = await source().ratesSince(toDate('2026-03-31'));
    expect(days.map(({ date, perEuro }) => `${date} ${[...perEuro].sort().join(' ')}`)).toEqual([
      '2026-03-31 CAD,1.45',
      '2026-04-01 CAD,1.45 USD,1.08',
      '2026-04-02 CAD,1.45 USD,1.08',
      '2026-04-07 CAD,1.45 USD,1.09',
    ]);
    expect(sandbox.state.requests).toMatchObject([{ operation: 'listExchangeRates', status: 200 }]);
  });

  const TROUBLES: readonly (readonly [string, FaultEffect, ProviderErrorKind])[] = [
    ['an outage', { type: 'status', status: 503 }, 'unavailable'],
    ['a limit', { type: 'status', status: 429 }, 'rate_limited'],
    ['silence', { type: 'timeout' }, 'unavailable'],
    ['nonsense', { type: 'malformed' }, 'bad_data'],
  ];
  it.each(TROUBLES)('%s is an error of the known kinds', async (_name, effect, kind) => {
    sandbox.state.faults.add({ id: 'trouble', match: {}, effect });
    // Only silence is waited for, so only then is it safe to wait briefly.
    const { ratesSince } = source(effect.type === 'timeout' ? 50 : 5_000);
    await expect(ratesSince(toDate('2026-04-01'))).rejects.toMatchObject({ kind });
  });

  it('that nobody published are no empty list', async () => {
    await expect(source().ratesSince(toDate('2026-04-08'))).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
