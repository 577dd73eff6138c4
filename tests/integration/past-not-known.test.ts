import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const DAY = '2026-10-15';
const SATURDAY = '2026-11-21T22:30:00Z';
const OPENED = { openedOn: '2026-03-02', investedShare: 0 } as const;

/** Two brokers that are linked at once, with an account each. */
const open = (second: Partial<ReturnType<typeof account>> = {}): Promise<WorkerHarness> =>
  harnesses.open(
    scenario({
      users: [
        user({
          connections: [
            connection({ accounts: [account({ ...OPENED, name: 'First' })] }),
            connection({
              id: 'connection-2',
              institution: { name: 'Other', slug: 'OTHER' },
              accounts: [account({ ...OPENED, id: 'account-2', name: 'Second', ...second })],
            }),
          ],
        }),
      ],
    }),
  );

const SECOND = { match: { accountId: 'account-2' } } as const;
const refuse = (harness: WorkerHarness, operation: 'getAccountBalanceHistory' | 'getAccountActivities') =>
  harness.addFault({ type: 'status', status: 503 }, { match: { ...SECOND.match, operation } });

/** A past day as it is published: its kind, and who is left out of it by name. */
async function dayOf({ stack, userId }: WorkerHarness, date = DAY) {
  const [day] = await stack.sql<{ kind: string; without: string[] }[]>`
    select snapshot_type as kind, array(select l ->> 'name' from jsonb_array_elements(left_out) l) as without
    from user_portfolio_history
    where user_id = ${userId()} and is_current and value_date = ${date}`;
  return day ?? null;
}

describe('a past day, while the past of an account that was linked with the others is not known', () => {
  it('is an estimate without it, though nothing proves that it existed, and is whole when its past comes', async () => {
    const harness = await open();
    refuse(harness, 'getAccountBalanceHistory');
    refuse(harness, 'getAccountActivities');
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick('2026-11-20T23:30:00Z');
    expect(await dayOf(harness)).toEqual({ kind: 'estimated', without: ['Second'] });

    harness.endFaults();
    await harness.tick(SATURDAY);
    expect(await dayOf(harness)).toEqual({ kind: 'reconstructed', without: [] });
  });

  it('is one as well before the first movement that is known, while the history is still to be had', async () => {
    const harness = await open({ openedOn: '2026-11-02' });
    refuse(harness, 'getAccountBalanceHistory');
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick('2026-11-20T23:30:00Z');
    expect(await dayOf(harness)).toEqual({ kind: 'estimated', without: ['Second'] });

    harness.endFaults();
    await harness.tick(SATURDAY);
    expect(await dayOf(harness)).toEqual({ kind: 'reconstructed', without: [] });
  });

  it('is one as well where the history is there and is held, since it cannot be right', async () => {
    const days = tradingSessions('2026-03-02', '2026-11-19');
    const garbage = Object.fromEntries(
      days.map(({ date }, index) => [date, index % 2 === 0 ? '3' : '900000']),
    );
    const harness = await open({ overrides: garbage });
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(SATURDAY);
    expect(await dayOf(harness)).toEqual({ kind: 'estimated', without: ['Second'] });
  });

  it('is one for good where the provider has neither history nor movements of it', async () => {
    const harness = await open({ historyEnabled: false, openedOn: '2024-12-02' });
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(SATURDAY);
    expect(await dayOf(harness)).toEqual({ kind: 'estimated', without: ['Second'] });
  });

  it('is whole before the account was opened, as its movements prove where there is no history', async () => {
    const harness = await open({ historyEnabled: false, openedOn: '2026-11-02' });
    await harness.tick(FRIDAY_NIGHT);
    expect(await dayOf(harness)).toEqual({ kind: 'reconstructed', without: [] });
    expect(await dayOf(harness, '2026-11-10')).toEqual({ kind: 'estimated', without: ['Second'] });
  });
});

describe('the return over days on which the value of an account was not known', () => {
  const FLAT = { historyEnabled: false, investedShare: 0 } as const;

  it('takes the deposit with which the account began on the day on which it came', async () => {
    const harness = await open({ ...FLAT, openedOn: '2026-06-01' });
    await harness.tick(FRIDAY_NIGHT);
    const { flows, summary } = await harness.history(FRIDAY_NIGHT);
    expect(flows).toEqual([{ date: '2026-06-01', amount: '10000' }]);
    expect(summary).toMatchObject({ marketChange: '0', twr: '0' });
  });

  it('takes the account in with its first value where it may have been there before its first deposit', async () => {
    const harness = await open({
      ...FLAT,
      openedOn: '2024-06-03',
      flows: [
        { date: '2024-06-03', amount: '10000', type: 'CONTRIBUTION' },
        { date: '2026-06-01', amount: '1000', type: 'CONTRIBUTION' },
      ],
    });
    await harness.tick(FRIDAY_NIGHT);
    const { flows } = await harness.history(FRIDAY_NIGHT);
    expect(flows).toEqual([{ date: '2026-11-20', amount: '11000' }]);
    // Before that deposit it may have been there too, so no day is whole without it.
    expect(await dayOf(harness, '2026-05-29')).toEqual({ kind: 'estimated', without: ['Second'] });
  });
});

describe('an account that is linked later than the others', () => {
  it('leaves published days as they are while its past is not known, but names itself', async () => {
    const harness = await open();
    const { state } = harness.sandbox;
    const all = state.scenario.users;
    state.replaceUsers(all.map((one) => ({ ...one, connections: one.connections.slice(0, 1) })));
    await harness.stack
      .sql`update brokerage_connections set status = 'removed' where external_id = 'connection-2'`;
    await harness.tick('2026-11-19T22:30:00Z');
    state.replaceUsers(all);
    await harness.stack
      .sql`update brokerage_connections set status = 'active' where external_id = 'connection-2'`;
    refuse(harness, 'getAccountBalanceHistory');
    refuse(harness, 'getAccountActivities');

    await harness.tick(FRIDAY_NIGHT);

    expect(await dayOf(harness)).toEqual({ kind: 'reconstructed', without: ['Second'] });
    expect(await dayOf(harness, '2026-11-19')).toEqual({ kind: 'daily_eod', without: ['Second'] });
    const published = await readPublished(harness.stack, harness.userId());
    expect(published.at(-1)).toMatchObject({ kind: 'daily_eod', expected: 2, present: 2 });
    const corrections = await harness.stack.sql`
      select from snapshot_corrections where value_date < '2026-11-20'`;
    expect(corrections).toHaveLength(0);
  });
});
