import { describe, expect, it } from 'vitest';
import { splitAccount, unlinkConnection } from '@/lib/connections/store';
import { toInstant } from '@/lib/domain/trading-date';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const WEDNESDAY_NIGHT = '2026-11-18T22:30:00Z';
const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';

const INVESTED = account({
  openedOn: '2026-10-01',
  investedShare: 1,
  flows: [
    { date: '2026-10-01', amount: '10000', type: 'CONTRIBUTION' },
    { date: '2026-11-10', amount: '500', type: 'CONTRIBUTION' },
  ],
});

/** The relinked account beside one of another broker. */
const BESIDE_ANOTHER = scenario({
  users: [
    user({
      connections: [
        connection({ accounts: [INVESTED] }),
        connection({
          id: 'connection-2',
          institution: { name: 'Other Broker', slug: 'OTHER' },
          accounts: [account({ id: 'account-2', openedOn: '2026-10-01' })],
        }),
      ],
    }),
  ],
});

async function unlink(harness: WorkerHarness, externalId: string, at: string) {
  const id = await idOf(harness, 'brokerage_connections', externalId);
  return unlinkConnection(harness.stack.admin, { userId: harness.userId(), id }, new Date(at));
}

const readDays = async (harness: WorkerHarness) => readPublished(harness.stack, harness.userId());

/** Each published day with what the broker says, as one account would have published it. */
async function expectOneAccountsLine(harness: WorkerHarness, ...accountIds: readonly string[]) {
  const published = await readDays(harness);
  expect(published.map(({ date, value, expected, present }) => ({ date, value, expected, present }))).toEqual(
    published.map(({ date }) => ({
      date,
      value: harness.brokerTotal(date, ...accountIds),
      expected: accountIds.length,
      present: accountIds.length,
    })),
  );
}

describe('an account that comes back under other ids', () => {
  it('continues its line without a jump', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    const before = await readDays(harness);
    await linkAgain(harness);
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);

    expect(await countLines(harness)).toBe(1);
    await expectOneAccountsLine(harness, 'account-1-again');
    const after = await readDays(harness);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { date: '2026-11-20', kind: 'daily_eod' },
      { date: '2026-11-23', kind: 'daily_eod' },
    ]);
    expect((await harness.history(MONDAY_NIGHT)).gaps).toEqual([]);
  });

  it('is not asked again for days that are known', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness);
    harness.takeRequests();
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);

    expect(harness.takeRequests().filter((line) => line.startsWith('getAccountBalanceHistory'))).toEqual([]);
  });

  it('has its movements counted once', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness);
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);

    const told = await harness.stack.sql`
      select from cash_flows where flow_date = '2026-11-10' and type = 'deposit'`;
    expect(told).toHaveLength(1);
    expect((await harness.history(MONDAY_NIGHT)).summary).toMatchObject({ netDeposits: '500' });
  });

  it('has the days between unlinking and the new link filled, so that the line has no dent', async () => {
    const harness = await harnesses.open(BESIDE_ANOTHER);
    await harness.tick('2026-11-17T22:30:00Z');
    await unlink(harness, 'connection-1', '2026-11-18T15:00:00Z');
    await harness.tick(WEDNESDAY_NIGHT);
    await harness.tick(THURSDAY_NIGHT);
    expect((await readDays(harness)).slice(-2)).toMatchObject([{ expected: 1 }, { expected: 1 }]);

    await linkAgain(harness);
    await harness.tick(FRIDAY_NIGHT);

    expect(await countLines(harness)).toBe(2);
    await expectOneAccountsLine(harness, 'account-1-again', 'account-2');
  });

  it('is carried over those days where the broker tells no history', async () => {
    const harness = await harnesses.open(BESIDE_ANOTHER);
    await harness.tick(WEDNESDAY_NIGHT);
    await unlink(harness, 'connection-1', '2026-11-19T15:00:00Z');
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { account: { historyEnabled: false } });
    await harness.tick(FRIDAY_NIGHT);

    expect((await readDays(harness)).slice(-2)).toMatchObject([
      { date: '2026-11-19', kind: 'estimated', expected: 2, present: 1 },
      { date: '2026-11-20', kind: 'daily_eod', expected: 2, present: 2 },
    ]);
  });

  it('is judged by what it was worth before: a zero is held', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness);
    harness.addFault({ type: 'zero_total' });
    await harness.tick(FRIDAY_NIGHT);

    expect((await readDays(harness)).map(({ value }) => Number(value))).not.toContain(0);
  });
});

describe('the same account seen through two connections', () => {
  it('counts once, on every day and in the live value', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);

    await expectOneAccountsLine(harness, 'account-1');
    const { live, summary } = await harness.history(MONDAY_NIGHT);
    expect(live?.value).toBe(harness.brokerTotal('2026-11-23', 'account-1'));
    expect(summary).toMatchObject({ netDeposits: '500' });
  });

  it('is asked for through the first link alone, and through the second when the first breaks', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();
    await harness.tick(MONDAY_NIGHT);
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
      'getAccountActivities account-1',
    ]);

    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-24T15:00:00Z') });
    await harness.tick('2026-11-24T22:30:00Z');
    await harness.tick('2026-11-24T22:35:00Z');
    expect(harness.takeRequests()).toContain('listConnectionAccounts connection-1-again');
    await expectOneAccountsLine(harness, 'account-1-again');
  });

  it('is expected and present once for the health check', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);

    const [row] = await harness.stack.service<{ health: unknown }[]>`
      select capture_health('2026-11-20') as health`;
    expect(row?.health).toMatchObject({ expected: 1, present: 1 });
  });

  it('is two accounts once the user says so, for good, and twice is once', async () => {
    const harness = await harnesses.open(scenario({ accounts: [INVESTED] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);
    const own = { userId: harness.userId(), id: await idOf(harness, 'accounts', 'account-1-again') };
    const evidence = () => harness.stack.sql`select * from account_values order by id`;
    const observed = await evidence();

    const at = new Date('2026-11-20T23:00:00Z');
    expect(await splitAccount(harness.stack.admin, own, at)).toMatchObject({ split: true });
    expect(await splitAccount(harness.stack.admin, own, at)).toMatchObject({ split: false, published: 0 });
    expect(await evidence()).toEqual(observed);
    await harness.tick('2026-11-20T23:05:00Z');
    await harness.tick(MONDAY_NIGHT);

    expect(await countLines(harness)).toBe(2);
    await expectOneAccountsLine(harness, 'account-1', 'account-1-again');
    const changes = await harness.stack.sql`select reason from account_line_changes order by id`;
    expect(changes.map(({ reason }) => reason)).toEqual(['same_institution_account_id', 'undone_by_user']);
  });
});
