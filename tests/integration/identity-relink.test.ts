import { describe, expect, it } from 'vitest';
import { splitAccount, unlinkConnection } from '@/lib/connections/store';
import { toInstant } from '@/lib/domain/trading-date';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';

const benches = prepareFillBench();

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

async function unlink(bench: FillBench, externalId: string, at: string) {
  const id = await idOf(bench, 'brokerage_connections', externalId);
  return unlinkConnection(bench.stack.admin, { userId: bench.userId(), id }, new Date(at));
}

const readDays = async (bench: FillBench) => readPublished(bench.stack, bench.userId());

/** Each published day with what the broker says, as one account would have published it. */
async function expectOneAccountsLine(bench: FillBench, ...accountIds: readonly string[]) {
  const published = await readDays(bench);
  expect(published.map(({ date, value, expected, present }) => ({ date, value, expected, present }))).toEqual(
    published.map(({ date }) => ({
      date,
      value: bench.brokerTotal(date, ...accountIds),
      expected: accountIds.length,
      present: accountIds.length,
    })),
  );
}

describe('an account that comes back under other ids', () => {
  it('continues its line without a jump', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    const before = await readDays(bench);
    await linkAgain(bench);
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick(MONDAY_NIGHT);

    expect(await countLines(bench)).toBe(1);
    await expectOneAccountsLine(bench, 'account-1-again');
    const after = await readDays(bench);
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.slice(before.length)).toMatchObject([
      { date: '2026-11-20', kind: 'daily_eod' },
      { date: '2026-11-23', kind: 'daily_eod' },
    ]);
    expect((await bench.history(MONDAY_NIGHT)).gaps).toEqual([]);
  });

  it('is not asked again for days that are known', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench);
    bench.takeRequests();
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick(MONDAY_NIGHT);

    expect(bench.takeRequests().filter((line) => line.startsWith('getAccountBalanceHistory'))).toEqual([]);
  });

  it('has its movements counted once', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench);
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick(MONDAY_NIGHT);

    const told = await bench.stack.sql`
      select from cash_flows where flow_date = '2026-11-10' and type = 'deposit'`;
    expect(told).toHaveLength(1);
    expect((await bench.history(MONDAY_NIGHT)).summary).toMatchObject({ netDeposits: '500' });
  });

  it('has the days between unlinking and the new link filled, so that the line has no dent', async () => {
    const bench = await benches.open(BESIDE_ANOTHER);
    await bench.tick('2026-11-17T22:30:00Z');
    await unlink(bench, 'connection-1', '2026-11-18T15:00:00Z');
    await bench.tick(WEDNESDAY_NIGHT);
    await bench.tick(THURSDAY_NIGHT);
    expect((await readDays(bench)).slice(-2)).toMatchObject([{ expected: 1 }, { expected: 1 }]);

    await linkAgain(bench);
    await bench.tick(FRIDAY_NIGHT);

    expect(await countLines(bench)).toBe(2);
    await expectOneAccountsLine(bench, 'account-1-again', 'account-2');
  });

  it('is carried over those days where the broker tells no history', async () => {
    const bench = await benches.open(BESIDE_ANOTHER);
    await bench.tick(WEDNESDAY_NIGHT);
    await unlink(bench, 'connection-1', '2026-11-19T15:00:00Z');
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { account: { historyEnabled: false } });
    await bench.tick(FRIDAY_NIGHT);

    expect((await readDays(bench)).slice(-2)).toMatchObject([
      { date: '2026-11-19', kind: 'estimated', expected: 2, present: 1 },
      { date: '2026-11-20', kind: 'daily_eod', expected: 2, present: 2 },
    ]);
  });

  it('is judged by what it was worth before: a zero is held', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench);
    bench.addFault({ type: 'zero_total' });
    await bench.tick(FRIDAY_NIGHT);

    expect((await readDays(bench)).map(({ value }) => Number(value))).not.toContain(0);
  });
});

describe('the same account seen through two connections', () => {
  it('counts once, on every day and in the live value', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick(MONDAY_NIGHT);

    await expectOneAccountsLine(bench, 'account-1');
    const { live, summary } = await bench.history(MONDAY_NIGHT);
    expect(live?.value).toBe(bench.brokerTotal('2026-11-23', 'account-1'));
    expect(summary).toMatchObject({ netDeposits: '500' });
  });

  it('is asked for through the first link alone, and through the second when the first breaks', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);
    bench.takeRequests();
    await bench.tick(MONDAY_NIGHT);
    expect(bench.takeRequests()).toEqual([
      'listConnectionAccounts connection-1',
      'getAccountActivities account-1',
    ]);

    bench.changeConnection('connection-1', { disabledSince: toInstant('2026-11-24T15:00:00Z') });
    await bench.tick('2026-11-24T22:30:00Z');
    await bench.tick('2026-11-24T22:35:00Z');
    expect(bench.takeRequests()).toContain('listConnectionAccounts connection-1-again');
    await expectOneAccountsLine(bench, 'account-1-again');
  });

  it('is expected and present once for the health check', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);

    const [row] = await bench.stack.service<{ health: unknown }[]>`
      select capture_health('2026-11-20') as health`;
    expect(row?.health).toMatchObject({ expected: 1, present: 1 });
  });

  it('is two accounts once the user says so, for good, and twice is once', async () => {
    const bench = await benches.open(scenario({ accounts: [INVESTED] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);
    const own = { userId: bench.userId(), id: await idOf(bench, 'accounts', 'account-1-again') };
    const evidence = () => bench.stack.sql`select * from account_values order by id`;
    const observed = await evidence();

    const at = new Date('2026-11-20T23:00:00Z');
    expect(await splitAccount(bench.stack.admin, own, at)).toMatchObject({ split: true });
    expect(await splitAccount(bench.stack.admin, own, at)).toMatchObject({ split: false, published: 0 });
    expect(await evidence()).toEqual(observed);
    await bench.tick('2026-11-20T23:05:00Z');
    await bench.tick(MONDAY_NIGHT);

    expect(await countLines(bench)).toBe(2);
    await expectOneAccountsLine(bench, 'account-1', 'account-1-again');
    const changes = await bench.stack.sql`select reason from account_line_changes order by id`;
    expect(changes.map(({ reason }) => reason)).toEqual(['same_institution_account_id', 'undone_by_user']);
  });
});
