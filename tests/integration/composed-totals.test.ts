import { describe, expect, it } from 'vitest';
import { listPublished, readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const FRIDAY = '2026-11-20';

const openUnreported = (): Promise<WorkerHarness> =>
  harnesses.open(
    scenario({ accounts: [account({ openedOn: FRIDAY, investedShare: 0.5, totalReported: false })] }),
  );

describe('an account whose broker reports no total', () => {
  it('is captured from its cash and positions, for two more requests', async () => {
    const harness = await openUnreported();
    await harness.tick(FRIDAY_NIGHT);

    expect(harness.takeRequests().slice(0, 4)).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
      'getAccountBalances account-1',
      'getAccountPositions account-1',
    ]);
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `${FRIDAY} ${harness.brokerTotal(FRIDAY, 'account-1')} daily_eod`,
    ]);
  });

  it('tells its cash and what it cost, so that cash is no gain', async () => {
    const harness = await openUnreported();
    await harness.tick(FRIDAY_NIGHT);
    expect(
      await harness.stack.sql`
        select trim_scale(cash)::text as cash, trim_scale(cost_basis)::text as cost from account_values
        where kind = 'daily_eod'`,
    ).toEqual([{ cash: '5000', cost: '10000' }]);
    expect(
      await harness.stack.sql`select trim_scale(total_gain_loss)::text as gain from user_portfolio_history`,
    ).toEqual([{ gain: '0' }]);
  });

  it('is not captured when a position has no price', async () => {
    const harness = await openUnreported();
    harness.addFault({ type: 'null_total' }, { match: { operation: 'getAccountPositions' } });
    const run = await harness.tick(FRIDAY_NIGHT);
    expect(run).toMatchObject({ status: 'complete', counts: { captured: 0, failed: 0 } });
    expect(await readPublished(harness.stack, harness.userId())).toEqual([]);
  });

  it('is not captured from positions that were read before the close', async () => {
    const harness = await openUnreported();
    harness.addFault(
      { type: 'stale', asOf: '2026-11-20T20:00:00.000Z' },
      { match: { operation: 'getAccountPositions' } },
    );
    const run = await harness.tick(FRIDAY_NIGHT);
    expect(run.counts.captured).toBe(0);
    expect(await readPublished(harness.stack, harness.userId())).toEqual([]);
  });
});

describe('an account with cash in two currencies whose broker reports no total', () => {
  const openMixed = (exchangeRates: Record<string, Record<string, string>>): Promise<WorkerHarness> =>
    harnesses.open(
      scenario({
        accounts: [account({ openedOn: FRIDAY, totalReported: false, otherCash: { EUR: '500' } })],
        exchangeRates,
      }),
    );

  it('is captured in its owner’s currency, at the reference rate of the day', async () => {
    const harness = await openMixed({ 'EUR-USD': { [FRIDAY]: '1.16' } });
    const run = await harness.tick(FRIDAY_NIGHT);
    expect(run.counts.captured).toBe(1);
    expect(await listPublished(harness.stack, harness.userId())).toEqual([`${FRIDAY} 10580 daily_eod`]);
    expect(
      await harness.stack.sql`select currency, cost_basis from account_values where kind = 'daily_eod'`,
    ).toEqual([{ currency: 'USD', cost_basis: null }]);
  });

  it('is a gap while the rate is not known, never the part in one currency, and heals when it is', async () => {
    const harness = await openMixed({ 'EUR-USD': { [FRIDAY]: '1.16', '2026-11-23': '1.18' } });
    await harness.tick(FRIDAY_NIGHT);
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'listExchangeRates' } });
    const run = await harness.tick('2026-11-23T22:30:00Z');
    expect(run).toMatchObject({ status: 'complete', counts: { captured: 0, failed: 0 } });
    expect(await listPublished(harness.stack, harness.userId())).toEqual([`${FRIDAY} 10580 daily_eod`]);

    harness.endFaults();
    await harness.tick('2026-11-24T06:00:00Z');
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `${FRIDAY} 10580 daily_eod`,
      '2026-11-23 10590 daily_eod',
    ]);
  });
});
