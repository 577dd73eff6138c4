import { describe, expect, it } from 'vitest';
import { addAmounts } from '@/lib/domain/money';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const VALUES = ['getConnection connection-1', 'listConnectionAccounts connection-1'];

/** Opened long ago and invested, with movements inside and outside of the year that a broker still tells. */
const SAVED_FOR_LONG = account({
  openedOn: '2024-12-02',
  investedShare: 1,
  flows: [
    { date: '2024-12-02', amount: '10000', type: 'CONTRIBUTION' },
    { date: '2026-03-02', amount: '1500', type: 'CONTRIBUTION' },
    { date: '2026-06-30', amount: '-400.25', type: 'WITHDRAWAL' },
  ],
});

describe('linking an account', () => {
  it('fills the year that the broker can still give, and captures today', async () => {
    const harness = await harnesses.open(scenario({ accounts: [SAVED_FOR_LONG] }));
    const run = await harness.tick(FRIDAY_NIGHT);

    const published = await readPublished(harness.stack, harness.userId());
    const days = tradingSessions('2025-11-20', '2026-11-20').map(({ date }) => date);
    expect(published.map(({ date, value, kind }) => ({ date, value, kind }))).toEqual(
      days.map((date) => ({
        date,
        value: harness.brokerTotal(date, 'account-1'),
        kind: date === '2026-11-20' ? 'daily_eod' : 'reconstructed',
      })),
    );
    expect(run).toMatchObject({ status: 'complete', reasons: {} });
    expect(run.counts).toMatchObject({ captured: 1, reconstructed: days.length - 1, published: days.length });
  });

  it('costs one question each for values, movements and history', async () => {
    const harness = await harnesses.open(scenario());
    await harness.tick(FRIDAY_NIGHT);

    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
      'getAccountActivities account-1',
      'getAccountBalanceHistory account-1',
    ]);
  });

  it('expects the account from the first day that its history gave', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [SAVED_FOR_LONG, account({ id: 'account-2', openedOn: '2026-09-08' })] }),
    );
    await harness.tick(FRIDAY_NIGHT);

    const known = await harness.stack.sql`
      select external_id, first_known_on::text from accounts order by external_id`;
    expect(known.map(({ external_id, first_known_on }) => `${external_id} ${first_known_on}`)).toEqual([
      'account-1 2025-11-20',
      'account-2 2026-09-08',
    ]);
  });

  it('invents no zeros before an account was opened', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-09-08' })] }));
    await harness.tick(FRIDAY_NIGHT);

    const published = await readPublished(harness.stack, harness.userId());
    expect(published.at(0)?.date).toBe('2026-09-08');
    expect(published.map(({ value }) => Number(value))).not.toContain(0);
    expect((await harness.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });

  it('stores movements within the year, and tells them apart from what the market did', async () => {
    const harness = await harnesses.open(scenario({ accounts: [SAVED_FOR_LONG] }));
    await harness.tick(FRIDAY_NIGHT);

    const flows = await harness.stack.sql`
      select concat_ws(' ', flow_date, trim_scale(amount), type) as line from cash_flows where is_external order by flow_date`;
    expect(flows.map(({ line }) => line)).toEqual([
      '2026-03-02 1500 deposit',
      '2026-06-30 -400.25 withdrawal',
    ]);
    const { summary, points } = await harness.history(FRIDAY_NIGHT);
    expect(summary).toMatchObject({ netDeposits: '1099.75' });
    const { netDeposits, marketChange } = summary;
    if (netDeposits === null || marketChange === null) throw new Error('the summary is incomplete');
    expect(addAmounts(points.at(0)?.value ?? marketChange, netDeposits, marketChange)).toBe(
      points.at(-1)?.value,
    );
  });

  it('asks for the movements of all days that are known, however long ago, so that no deposit passes for a gain', async () => {
    const flows = [
      { date: '2024-12-02', amount: '10000', type: 'CONTRIBUTION' as const },
      { date: '2025-02-03', amount: '2000', type: 'CONTRIBUTION' as const },
    ];
    const harness = await harnesses.open(
      scenario({ accounts: [account({ openedOn: '2024-12-02', flows })] }),
    );
    await harness.tick(FRIDAY_NIGHT);
    await harness.stack.sql`update accounts set first_known_on = '2024-12-02', flows_synced_at = null`;

    await harness.tick('2026-11-23T22:30:00Z');

    const [deposit] = await harness.stack.sql`
      select trim_scale(amount)::text as amount from cash_flows where flow_date = '2025-02-03'`;
    expect(deposit).toEqual({ amount: '2000' });
  });

  it('of a login without accounts looks again a day later and not before', async () => {
    const harness = await harnesses.open(scenario({ accounts: [] }));
    await harness.tick(FRIDAY_NIGHT);
    expect(harness.takeRequests()).toEqual(VALUES);

    await harness.tick('2026-11-21T22:00:00Z');
    expect(harness.takeRequests()).toEqual([]);
    await harness.tick('2026-11-21T22:30:00Z');
    expect(harness.takeRequests()).toEqual(VALUES);
  });
});
