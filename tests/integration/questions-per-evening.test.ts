import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { listObservations, listPublished, readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const OPENED = { openedOn: '2026-11-02', investedShare: 1 } as const;

/** Ticks as the schedule has them, thinned out: through Friday's evening, the night, the weekend, and Monday before the open. */
const EVENING = [
  '2026-11-20T21:35:00Z',
  '2026-11-20T21:40:00Z',
  '2026-11-20T22:15:00Z',
  '2026-11-20T23:15:00Z',
  '2026-11-21T02:15:00Z',
  '2026-11-21T09:30:00Z',
  '2026-11-22T06:00:00Z',
  '2026-11-23T13:45:00Z',
] as const;

async function tickThrough(harness: WorkerHarness): Promise<void> {
  for (const at of EVENING) await harness.tick(at);
}

/** How often each question was put, without those that were told to wait. */
function countQuestions(harness: WorkerHarness): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const line of harness.takeRequests()) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

describe('in one evening of ticks', () => {
  it('two accounts without any history cost a question each, and are captured once', async () => {
    const accounts = ['account-1', 'account-2'].map((id) =>
      account({ ...OPENED, id, historyEnabled: false }),
    );
    const harness = await harnesses.open(scenario({ accounts }));

    await tickThrough(harness);

    expect(harness.takeRequests().toSorted()).toEqual([
      'getAccountActivities account-1',
      'getAccountActivities account-2',
      'getAccountBalanceHistory account-1',
      'getAccountBalanceHistory account-2',
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
    ]);
    expect(await listObservations(harness.stack)).toHaveLength(2);
  });

  it('an account without history keeps no other of its connection from being asked, and is not asked again itself', async () => {
    const accounts = ['account-1', 'account-2', 'account-3'].map((id) =>
      account({ ...OPENED, id, historyEnabled: id === 'account-2' }),
    );
    const harness = await harnesses.open(scenario({ accounts }));
    await tickThrough(harness);
    expect(harness.takeRequests().filter((line) => line.includes('History'))).toHaveLength(3);
    const observed = await listObservations(harness.stack);
    expect(observed.filter((line) => line.startsWith('account-2 2026-11-19'))).toHaveLength(1);

    // A missed Monday is asked of the one that has a history.
    await harness.tick('2026-11-24T22:30:00Z');
    await harness.tick('2026-11-24T23:30:00Z');
    expect(harness.takeRequests().filter((line) => line.includes('History'))).toEqual([
      'getAccountBalanceHistory account-2',
    ]);
    const [stored] = await harness.stack.sql`select history_capability from brokerage_connections`;
    expect(stored).toEqual({ history_capability: 'available' });
  });

  it('a day that a history lists without a value costs one question a day, and the other days count', async () => {
    const accounts = [account({ ...OPENED, blankDays: ['2026-11-18'] })];
    const harness = await harnesses.open(scenario({ accounts }));

    await tickThrough(harness);

    // On Friday and on each day of the weekend: the day may still be told.
    expect(harness.takeRequests().filter((line) => line.includes('History'))).toHaveLength(3);
    const { points, gaps } = await harness.history('2026-11-23T13:45:00Z');
    expect(points.map(({ date }) => date)).toEqual(
      tradingSessions('2026-11-02', '2026-11-20').flatMap(({ date }) =>
        date === '2026-11-18' ? [] : [date],
      ),
    );
    expect(gaps).toMatchObject([{ from: '2026-11-18', to: '2026-11-18' }]);
  });

  it('a connection is asked about itself once in a turn, however many of its accounts are gone', async () => {
    const accounts = ['account-1', 'account-2'].map((id) => account({ ...OPENED, id }));
    const harness = await harnesses.open(scenario({ accounts }));
    await harness.tick('2026-11-19T22:30:00Z');
    harness.takeRequests();
    for (const accountId of ['account-1', 'account-2'])
      harness.addFault({ type: 'status', status: 404, code: '1011' }, { match: { accountId } });
    await harness.tick(EVENING[2], { trigger: 'backfill' });
    const asked = harness.takeRequests();
    expect(asked).toContain('getAccountActivities account-2');
    expect(asked.filter((line) => line.startsWith('getConnection '))).toHaveLength(1);
  });

  it('what the market does after hours does not restate a captured day, though another account is asked again', async () => {
    const accounts = ['account-1', 'account-2'].map((id) =>
      account({ ...OPENED, id, historyEnabled: false }),
    );
    const harness = await harnesses.open(scenario({ accounts }));
    harness.addFault({ type: 'null_total' }, { match: { accountId: 'account-2' } });
    await harness.tick('2026-11-20T21:35:00Z');
    harness.addFault({ type: 'scale', factor: '1.01' }, { match: { accountId: 'account-1' } });

    for (const at of EVENING.slice(1)) await harness.tick(at);

    const observed = await listObservations(harness.stack);
    expect(observed.filter((line) => line.startsWith('account-1 2026-11-20'))).toHaveLength(1);
  });

  it('values that stay old are read four times, the last time an hour before the open', async () => {
    const harness = await harnesses.open(
      scenario({
        connection: { dataFreshness: 'daily', syncTime: '21:10' },
        accounts: [account({ ...OPENED, historyEnabled: false })],
      }),
    );
    // An account that is met after a close is expected from the next one on.
    await harness.tick('2026-11-18T21:35:00Z');
    harness.takeRequests();
    harness.addFault({ type: 'stale', asOf: '2026-11-19T15:00:00Z' });

    for (let minutes = 0; minutes < 17 * 60; minutes += 60)
      await harness.tick(new Date(Date.parse('2026-11-19T21:35:00Z') + minutes * 60_000).toISOString());

    expect(countQuestions(harness)).toMatchObject({ 'listConnectionAccounts connection-1': 4 });
  });

  it('a provider that fails is asked for values four times in any day at most', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account(OPENED)] }));
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'listConnectionAccounts' } });

    for (const at of EVENING.slice(0, 6)) await harness.tick(at);

    expect(countQuestions(harness)['listConnectionAccounts connection-1']).toBeLessThanOrEqual(4);
  });

  it.each([
    { name: 'bad data', effect: { type: 'malformed' } },
    { name: 'an account that is gone', effect: { type: 'status', status: 404 } },
  ] as const)('$name cost one question a day, and no other account anything', async ({ effect }) => {
    const accounts = ['account-1', 'account-2'].map((id) => account({ ...OPENED, id }));
    const harness = await harnesses.open(scenario({ accounts }));
    harness.addFault(effect, { match: { operation: 'getAccountBalanceHistory', accountId: 'account-1' } });

    for (const at of EVENING.slice(0, 6)) await harness.tick(at);

    expect(countQuestions(harness)).toMatchObject({
      'listConnectionAccounts connection-1': 1,
      'getAccountBalanceHistory account-1': 1,
      'getAccountBalanceHistory account-2': 1,
    });
    expect((await listPublished(harness.stack, harness.userId())).at(-1)).toContain('2026-11-20');
  });
});

describe('the past of a new account', () => {
  it('that comes back empty is asked for again, since it may not have been read yet', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [account({ openedOn: '2026-11-20', investedShare: 1 })] }),
    );
    await harness.tick('2026-11-20T21:35:00Z');
    expect(countQuestions(harness)).toMatchObject({ 'getAccountBalanceHistory account-1': 1 });
    await harness.tick('2026-11-20T22:15:00Z');
    expect(harness.takeRequests()).toEqual([]);
    await harness.tick('2026-11-20T22:45:00Z');

    expect(countQuestions(harness)).toEqual({ 'getAccountBalanceHistory account-1': 1 });
  });

  it('is asked for again at once when the provider says that it was updated', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account(OPENED)] }));
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();
    await harness.stack.service`
      select record_connection_event('snaptrade', 'connection-1', 'event-1', 'accountBalanceHistoryUpdated', null, ${FRIDAY_NIGHT})`;

    await harness.tick('2026-11-20T22:35:00Z');

    expect(countQuestions(harness)).toEqual({ 'getAccountBalanceHistory account-1': 1 });
  });
});

describe('two accounts that are linked together', () => {
  it('are never shown as whole by one of them, though the other has no total yet', async () => {
    const accounts = ['account-1', 'account-2'].map((id) =>
      account({ ...OPENED, id, historyEnabled: false }),
    );
    const harness = await harnesses.open(scenario({ accounts }));
    harness.addFault({ type: 'null_total' }, { match: { accountId: 'account-2' } });

    await harness.tick(FRIDAY_NIGHT);

    expect(await readPublished(harness.stack, harness.userId())).toEqual([]);
    harness.endFaults();
    await harness.tick('2026-11-21T02:15:00Z');
    expect((await readPublished(harness.stack, harness.userId())).at(-1)).toMatchObject({
      date: '2026-11-20',
      value: harness.brokerTotal('2026-11-20', 'account-1', 'account-2'),
      expected: 2,
      present: 2,
    });
  });
});

describe('more users than the budget has requests', () => {
  const NUMBERS = Array.from({ length: 24 }, (_, index) => index + 1);
  const crowd = scenario({
    users: NUMBERS.map((number) =>
      user({
        userId: `user-${number}`,
        connections: [
          connection({
            id: `connection-${number}`,
            accounts: ['a', 'b'].map((name) =>
              account({ ...OPENED, id: `account-${number}${name}`, historyEnabled: false }),
            ),
          }),
        ],
      }),
    ),
    rateLimitPerMinute: 12,
  });
  const hurried = { perMinute: 12, timeLeftMs: () => 1_000 };

  it('are all captured in the order of their waiting, and those who wait are not said to have failed', async () => {
    const harness = await harnesses.open(crowd);
    const runs = [];
    for (let tick = 0; tick < 6; tick += 1) {
      runs.push(
        await harness.tick(new Date(Date.parse(FRIDAY_NIGHT) + tick * 300_000).toISOString(), hurried),
      );
      await harness.passTime(65_000);
    }

    expect(runs.every(({ counts }) => counts.failed === 0)).toBe(true);
    // A connection costs two requests, of which the budget may allow the first alone.
    const captured = runs.map(({ counts }) => counts.captured / 2);
    expect(Math.min(...captured.slice(0, 4))).toBeGreaterThanOrEqual(4);
    expect(captured.reduce((sum, one) => sum + one)).toBe(NUMBERS.length);
    expect(runs.slice(0, 3).map(({ status, counts }) => [status, counts.waiting])).toEqual([
      ['continues', 24],
      ['continues', 24],
      ['continues', 24],
    ]);
    const leased = await harness.stack.sql`select from brokerage_connections where lease_owner is not null`;
    expect(leased).toHaveLength(0);
  });
});
