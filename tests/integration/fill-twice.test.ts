import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { listOutcomes, listPublished, readTables } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const MANY = [1, 2, 3, 4, 5, 6];

/** Six users with one connection each; every second connection has two accounts. */
const SIX_USERS = scenario({
  users: MANY.map((number) =>
    user({
      userId: `user-${number}`,
      connections: [
        connection({
          id: `connection-${number}`,
          accounts: [
            account({ id: `account-${number}`, investedShare: 1, openedOn: '2026-08-03' }),
            ...(number % 2 === 0 ? [account({ id: `second-${number}`, openedOn: '2026-09-01' })] : []),
          ],
        }),
      ],
    }),
  ),
});

async function listAllPublished(harness: WorkerHarness): Promise<readonly (readonly string[])[]> {
  return Promise.all(MANY.map((number) => listPublished(harness.stack, harness.userId(`user-${number}`))));
}

describe('a repeated tick', () => {
  it('asks the provider nothing and changes no row', async () => {
    const harness = await harnesses.open(SIX_USERS);
    await harness.tick(FRIDAY_NIGHT);
    const before = await readTables(harness.stack);
    harness.takeRequests();

    for (const at of [FRIDAY_NIGHT, '2026-11-20T22:35:00Z', '2026-11-22T12:00:00Z']) {
      const run = await harness.tick(at);
      expect(run.counts).toMatchObject({ connections: 0, requests: 0, published: 0 });
    }

    expect(harness.takeRequests()).toEqual([]);
    expect(await readTables(harness.stack)).toEqual(before);
  });

  it('asks nothing and changes nothing either where something could not be had', async () => {
    const troubled = {
      cannot: { historyEnabled: false },
      'had-nothing': { overrides: { '2026-11-18': null } },
      broken: {},
      failing: {},
    };
    const users = Object.entries(troubled).map(([id, parts]) =>
      user({
        userId: id,
        connections: [connection({ id, accounts: [account({ id, openedOn: '2026-11-02', ...parts })] })],
      }),
    );
    const harness = await harnesses.open(scenario({ users }));
    await harness.tick('2026-11-16T22:30:00Z');
    harness.changeConnection('broken', { disabledSince: toInstant('2026-11-17T15:00:00Z') });
    harness.addFault({ type: 'status', status: 500 }, { match: { connectionId: 'failing' } });
    await harness.tick(FRIDAY_NIGHT);
    const before = await readTables(harness.stack);
    harness.takeRequests();

    await harness.tick('2026-11-20T22:30:10Z');

    expect(harness.takeRequests()).toEqual([]);
    expect(await readTables(harness.stack)).toEqual(before);
    expect(new Set((await listOutcomes(harness.stack)).map((line) => line.split(' ')[2]))).toEqual(
      new Set(['provider_cannot', 'provider_had_nothing', 'connection_broken', 'unavailable']),
    );
  });

  it('on demand of a user who waits asks nothing either, when nothing is missing', async () => {
    const harness = await harnesses.open(SIX_USERS);
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();

    const parts = {
      trigger: 'user',
      userId: harness.userId('user-2'),
      asked: true,
      lookBackDays: 365,
    } as const;
    await harness.tick('2026-11-20T22:40:00Z', parts);

    expect(harness.takeRequests()).toEqual([]);
  });
});

describe('two ticks at once', () => {
  it('leave what one clean tick leaves, and ask no connection twice', async () => {
    const clean = await harnesses.open(SIX_USERS);
    await clean.tick(FRIDAY_NIGHT);
    const expected = await listAllPublished(clean);
    const cleanRequests = clean.takeRequests();

    const harness = await harnesses.open(SIX_USERS);
    const runs = await Promise.all([harness.tick(FRIDAY_NIGHT), harness.tick(FRIDAY_NIGHT)]);

    expect(await listAllPublished(harness)).toEqual(expected);
    expect(harness.takeRequests().toSorted()).toEqual(cleanRequests.toSorted());
    // The turns of a connection, totals first and the rest after everybody's, may fall to one run each.
    const counts = runs.map((run) => run.counts.connections);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MANY.length);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(MANY.length);
    expect(runs.map((run) => run.status)).toEqual(['complete', 'complete']);
  });

  it('for one user and for everybody do not get in each other’s way', async () => {
    const harness = await harnesses.open(SIX_USERS);
    await Promise.all([
      harness.tick(FRIDAY_NIGHT),
      harness.tick(FRIDAY_NIGHT, {
        trigger: 'page_view',
        userId: harness.userId('user-4'),
        lookBackDays: 365,
      }),
    ]);

    const asked = harness.takeRequests();
    expect(new Set(asked).size).toBe(asked.length);
    expect((await harness.history(FRIDAY_NIGHT, 'user-4')).gaps).toEqual([]);
  });
});
