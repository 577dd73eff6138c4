import { afterEach, describe, expect, it } from 'vitest';
import type { ScenarioInput } from '@/lib/local/sandbox';
import { scenario } from '@/tests/support/scenario';
import {
  FRIDAY_EVENING,
  linkOf,
  type SnapTradeHarness,
  startSnapTradeHarness,
} from '@/tests/support/snaptrade-harness';

let harness: SnapTradeHarness | undefined;
afterEach(async () => {
  await harness?.sandbox.close();
  harness = undefined;
});

async function start(document: ScenarioInput): Promise<SnapTradeHarness> {
  harness = await startSnapTradeHarness(document);
  return harness;
}

async function readAsOf({ provider }: SnapTradeHarness): Promise<string | null | undefined> {
  return (await provider.currentValues(linkOf(), false)).accounts[0]?.asOf;
}

describe('a refresh', () => {
  const daily = { connection: { dataFreshness: 'daily', syncTime: '15:00' } } as const;

  it('of a daily connection brings values of that hour', async () => {
    const opened = await start(scenario(daily));
    expect(await readAsOf(opened)).toBe('2026-11-20T15:00:00.000Z');
    expect(await opened.provider.requestRefresh(linkOf())).toEqual({ available: true, value: undefined });
    expect(await readAsOf(opened)).toBe(FRIDAY_EVENING);
  });

  it('that was made too recently is as good as made, and is not mistaken for the rate limit', async () => {
    const { provider, sandbox } = await start(scenario(daily));
    await provider.requestRefresh(linkOf());
    expect(await provider.requestRefresh(linkOf())).toEqual({ available: true, value: undefined });
    expect(sandbox.state.requests.map(({ status }) => status)).toEqual([200, 429]);

    sandbox.state.faults.add({ id: 'busy', match: {}, effect: { type: 'status', status: 429 } });
    await expect(provider.requestRefresh(linkOf())).rejects.toMatchObject({ kind: 'rate_limited' });
  });

  it.each([
    { name: 'a plan without it', refusal: { status: 403, code: '1141' }, reason: 'feature_not_enabled' },
    { name: 'a broker that cannot', refusal: { status: 501 }, reason: 'not_supported' },
    { name: 'a connection that is only shared', refusal: { status: 404 }, reason: 'not_supported' },
  ] as const)('is not available for $name', async ({ refusal, reason }) => {
    const faults = [{ id: 'lack', effect: { type: 'status', ...refusal } as const }];
    const { provider } = await start(scenario({ ...daily, faults }));
    expect(await provider.requestRefresh(linkOf())).toEqual({ available: false, reason });
  });
});
