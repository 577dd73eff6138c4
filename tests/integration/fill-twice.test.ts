import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { listOutcomes, listPublished, readTables } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';

const benches = prepareFillBench();

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

async function listAllPublished(bench: FillBench): Promise<readonly (readonly string[])[]> {
  return Promise.all(MANY.map((number) => listPublished(bench.stack, bench.userId(`user-${number}`))));
}

describe('a repeated tick', () => {
  it('asks the provider nothing and changes no row', async () => {
    const bench = await benches.open(SIX_USERS);
    await bench.tick(FRIDAY_NIGHT);
    const before = await readTables(bench.stack);
    bench.takeRequests();

    for (const at of [FRIDAY_NIGHT, '2026-11-20T22:35:00Z', '2026-11-22T12:00:00Z']) {
      const run = await bench.tick(at);
      expect(run.counts).toMatchObject({ connections: 0, requests: 0, published: 0 });
    }

    expect(bench.takeRequests()).toEqual([]);
    expect(await readTables(bench.stack)).toEqual(before);
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
    const bench = await benches.open(scenario({ users }));
    await bench.tick('2026-11-16T22:30:00Z');
    bench.changeConnection('broken', { disabledSince: toInstant('2026-11-17T15:00:00Z') });
    bench.addFault({ type: 'status', status: 500 }, { match: { connectionId: 'failing' } });
    await bench.tick(FRIDAY_NIGHT);
    const before = await readTables(bench.stack);
    bench.takeRequests();

    await bench.tick('2026-11-20T22:30:10Z');

    expect(bench.takeRequests()).toEqual([]);
    expect(await readTables(bench.stack)).toEqual(before);
    expect(new Set((await listOutcomes(bench.stack)).map((line) => line.split(' ')[2]))).toEqual(
      new Set(['provider_cannot', 'provider_had_nothing', 'connection_broken', 'unavailable']),
    );
  });

  it('on demand of a user who waits asks nothing either, when nothing is missing', async () => {
    const bench = await benches.open(SIX_USERS);
    await bench.tick(FRIDAY_NIGHT);
    bench.takeRequests();

    const parts = {
      trigger: 'user',
      userId: bench.userId('user-2'),
      asked: true,
      lookBackDays: 365,
    } as const;
    await bench.tick('2026-11-20T22:40:00Z', parts);

    expect(bench.takeRequests()).toEqual([]);
  });
});

describe('two ticks at once', () => {
  it('leave what one clean tick leaves, and ask no connection twice', async () => {
    const clean = await benches.open(SIX_USERS);
    await clean.tick(FRIDAY_NIGHT);
    const expected = await listAllPublished(clean);
    const cleanRequests = clean.takeRequests();

    const bench = await benches.open(SIX_USERS);
    const runs = await Promise.all([bench.tick(FRIDAY_NIGHT), bench.tick(FRIDAY_NIGHT)]);

    expect(await listAllPublished(bench)).toEqual(expected);
    expect(bench.takeRequests().toSorted()).toEqual(cleanRequests.toSorted());
    // The turns of a connection, totals first and the rest after everybody's, may fall to one run each.
    const counts = runs.map((run) => run.counts.connections);
    expect(Math.max(...counts)).toBeLessThanOrEqual(MANY.length);
    expect(counts.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(MANY.length);
    expect(runs.map((run) => run.status)).toEqual(['complete', 'complete']);
  });

  it('for one user and for everybody do not get in each other’s way', async () => {
    const bench = await benches.open(SIX_USERS);
    await Promise.all([
      bench.tick(FRIDAY_NIGHT),
      bench.tick(FRIDAY_NIGHT, { trigger: 'look', userId: bench.userId('user-4'), lookBackDays: 365 }),
    ]);

    const asked = bench.takeRequests();
    expect(new Set(asked).size).toBe(asked.length);
    expect((await bench.history(FRIDAY_NIGHT, 'user-4')).gaps).toEqual([]);
  });
});
