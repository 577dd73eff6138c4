import { afterEach, describe, expect, it } from 'vitest';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { accountValueOn, type ScenarioInput } from '@/lib/local/sandbox';
import { type AccountInput, account, scenario } from '@/tests/support/scenario';
import {
  FRIDAY_EVENING,
  linkOf,
  type SnapTradeHarness,
  type SnapTradeHarnessOptions,
  startSnapTradeHarness,
} from '@/tests/support/snaptrade-harness';

let harness: SnapTradeHarness | undefined;
afterEach(async () => {
  await harness?.sandbox.close();
  harness = undefined;
});

async function start(
  document: ScenarioInput,
  options: SnapTradeHarnessOptions = {},
): Promise<SnapTradeHarness> {
  harness = await startSnapTradeHarness(document, options);
  return harness;
}

async function readOnlyAccount({ provider }: SnapTradeHarness) {
  const { accounts } = await provider.currentValues(linkOf(), true);
  expect(accounts).toHaveLength(1);
  return accounts[0];
}

describe('a total that the broker does not report', () => {
  const unreported = { totalReported: false, investedShare: 0.6 };
  const startUnreported = (parts: Partial<AccountInput> = {}, options: SnapTradeHarnessOptions = {}) =>
    start(scenario({ accounts: [account({ ...unreported, ...parts })] }), options);
  const operations = ({ sandbox }: SnapTradeHarness) =>
    sandbox.state.requests.map(({ operation }) => operation);

  it('is put together from cash and positions, for two more requests that pass the gate', async () => {
    const composing = await startUnreported();
    const only = await readOnlyAccount(composing);
    const broker = composing.sandbox.state.scenario.users[0]?.connections[0]?.accounts[0];
    const date = toDate('2026-11-20');
    expect(only?.total).toBe(broker && accountValueOn(broker, date, composing.sandbox.state.market));
    expect(only).toMatchObject({ currency: 'USD', cash: '4000', costBasis: '10000', asOf: FRIDAY_EVENING });
    expect(operations(composing)).toEqual([
      'listConnectionAccounts',
      'getAccountBalances',
      'getAccountPositions',
    ]);
    expect(composing.countGatePasses()).toBe(3);
  });

  it('is as old as the older of its readings', async () => {
    const composing = await startUnreported();
    const asOf = toInstant('2026-11-19T20:00:00Z');
    const match = { operation: 'getAccountPositions' as const };
    composing.sandbox.state.faults.add({ id: 'old', match, effect: { type: 'stale', asOf } });
    expect((await readOnlyAccount(composing))?.asOf).toBe(asOf);
  });

  it('stays unknown where the holdings fail, and the other accounts lose nothing by it', async () => {
    const { provider, sandbox } = await start(
      scenario({ accounts: [account(unreported), account({ id: 'reported' })] }),
    );
    const match = { operation: 'getAccountPositions' as const };
    for (const status of [400, 402, 404, 410, 425, 501, 503]) {
      sandbox.state.faults.add({ id: 'trouble', match, effect: { type: 'status', status } });
      const { accounts } = await provider.currentValues(linkOf(), true);
      expect(accounts.map(({ total }) => total)).toEqual([null, '10000']);
    }
  });

  it('is no matter of one account where the provider said to wait', async () => {
    const { provider, sandbox } = await startUnreported();
    const match = { operation: 'getAccountBalances' as const };
    sandbox.state.faults.add({ id: 'busy', match, effect: { type: 'status', status: 429 } });
    await expect(provider.currentValues(linkOf(), true)).rejects.toMatchObject({ kind: 'rate_limited' });
  });

  it.each([
    ['a credit line', { category: 'LOC' as const }],
    ['a paper account', { isPaper: true }],
    ['a closed account', { status: 'closed' as const }],
  ])('of %s is not asked for, since it counts for nothing', async (_what, parts) => {
    const idle = await startUnreported(parts);
    expect(await readOnlyAccount(idle)).toMatchObject({ total: null });
    expect(operations(idle)).toEqual(['listConnectionAccounts']);
  });

  it('is not asked for before the first sync is through', async () => {
    const fresh = await startUnreported(
      { openedOn: '2026-11-20', flows: [] },
      { now: '2026-11-20T16:00:00Z' },
    );
    expect(await readOnlyAccount(fresh)).toMatchObject({ total: null });
    expect(operations(fresh)).toEqual(['listConnectionAccounts']);
  });
});
