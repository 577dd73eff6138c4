import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { allowEstimates } from '@/lib/estimates/store';
import { createAlpacaPrices } from '@/lib/providers/alpaca/prices';
import { drawAt } from '../support/estimates';
import { account, REPLAYED, SANDBOX_KEYS, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const OPENED_ON = '2026-09-01';

/** An account of whose past its broker tells nothing but what moved; its fund was split meanwhile. */
const open = () =>
  harnesses.open(
    scenario({
      instruments: [{ ...REPLAYED, splits: { '2026-10-20': '2' } }],
      accounts: [
        account({
          openedOn: OPENED_ON,
          historyEnabled: false,
          investedShare: 0.6,
          flows: [
            { date: OPENED_ON, amount: '10000', type: 'CONTRIBUTION' },
            { date: '2026-10-01', amount: '50', type: 'DIVIDEND' },
            { date: '2026-10-15', amount: '5000', type: 'CONTRIBUTION' },
            { date: '2026-11-02', amount: '-2000', type: 'WITHDRAWAL' },
          ],
        }),
      ],
    }),
  );

function draw({ stack, sandbox }: WorkerHarness, at: string): Promise<number> {
  const keys = { keyId: SANDBOX_KEYS.clientId, secretKey: SANDBOX_KEYS.consumerKey };
  const source = createAlpacaPrices({ ...keys, baseUrl: sandbox.url, timeoutMs: 10_000 });
  return drawAt(stack, source, at);
}

const asksHoldings = ({ takeRequests }: WorkerHarness) =>
  takeRequests().filter((request) => /^getAccount(Positions|Balances)/.test(request));

describe('the past of an account whose broker keeps no record of it', () => {
  it('is estimated from the evening after its holdings were read, as the broker would have it', async () => {
    const harness = await open();
    await allowEstimates(
      harness.stack.admin,
      { userId: harness.userId(), isAllowed: true, by: null },
      new Date(FRIDAY_NIGHT),
    );
    await harness.tick(FRIDAY_NIGHT);
    expect(asksHoldings(harness)).toEqual(['getAccountBalances account-1', 'getAccountPositions account-1']);
    expect(await draw(harness, FRIDAY_NIGHT)).toBe(0);

    await harness.tick(MONDAY_NIGHT);
    expect(asksHoldings(harness)).toEqual([]);
    const past = tradingSessions(OPENED_ON, '2026-11-19').map(({ date }) => date);
    expect(await draw(harness, MONDAY_NIGHT)).toBe(past.length);
    const { points } = await harness.history(MONDAY_NIGHT);
    const estimated = points.filter(({ source }) => source === 'estimate');
    expect(estimated.map(({ date }) => date)).toEqual(past);
    for (const { date, value, kind } of estimated) {
      expect(kind).toBe('estimated');
      // Brokers round what was traded, and so does the close.
      expect(Math.abs(Number(value) - Number(harness.brokerTotal(date, 'account-1'))), date).toBeLessThan(
        0.5,
      );
    }
  });

  it('is left alone where its user does not allow it, and what it holds is not asked for', async () => {
    const harness = await open();
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);
    expect(asksHoldings(harness)).toEqual([]);
    expect(await draw(harness, MONDAY_NIGHT)).toBe(0);
    expect((await harness.history(MONDAY_NIGHT)).points.map(({ date }) => date)).toEqual([
      '2026-11-20',
      '2026-11-23',
    ]);
  });
});
