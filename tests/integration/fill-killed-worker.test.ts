import { describe, expect, it } from 'vitest';
import { listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';
import { killWhen, startWorker } from '../support/worker-process';

const benches = prepareFillBench();

const NUMBERS = [1, 2, 3, 4];
const FOUR_USERS = scenario({
  users: NUMBERS.map((number) =>
    user({
      userId: `user-${number}`,
      connections: [
        connection({
          id: `connection-${number}`,
          accounts: [account({ id: `account-${number}`, investedShare: 1, openedOn: '2026-06-01' })],
        }),
      ],
    }),
  ),
});

const AFTER_ALL_LEASES = '2026-11-20T22:50:00Z';

async function listAllPublished(bench: FillBench): Promise<readonly (readonly string[])[]> {
  return Promise.all(NUMBERS.map((number) => listPublished(bench.stack, bench.userId(`user-${number}`))));
}

async function readObservationRows({ stack }: FillBench): Promise<readonly string[]> {
  const rows = await stack.sql`select to_jsonb(v)::text as row from account_values v order by id`;
  return rows.map(({ row }) => String(row));
}

describe('a worker that is killed in mid-run', () => {
  it('loses nothing that was recorded, and the next tick after its leases finishes the work', async () => {
    const clean = await benches.open(FOUR_USERS);
    await clean.tick(FRIDAY_NIGHT);
    const expected = await listAllPublished(clean);

    const bench = await benches.open(FOUR_USERS);
    const hanging = { operation: 'getAccountBalanceHistory', connectionId: 'connection-2' } as const;
    bench.addFault({ type: 'delay', ms: 60_000 }, { match: hanging });
    const doneBefore = async (): Promise<number> =>
      (await bench.stack.sql`select from brokerage_connections where rest_asked_at is not null`).length;
    await killWhen(startWorker(bench), async () => (await doneBefore()) === NUMBERS.length - 1);
    const recorded = await readObservationRows(bench);
    bench.endFaults();
    bench.takeRequests();

    // The lease of the dead worker still holds: nobody asks its connection at the same time.
    await bench.tick('2026-11-20T22:31:00Z');
    expect(bench.takeRequests()).toEqual([]);

    await bench.tick(AFTER_ALL_LEASES);
    expect(bench.takeRequests()).toContain('getAccountBalanceHistory account-2');
    expect(await listAllPublished(bench)).toEqual(expected);
    expect((await readObservationRows(bench)).slice(0, recorded.length)).toEqual(recorded);
  });

  it('is recognised by the next run, which closes its record', async () => {
    const bench = await benches.open(FOUR_USERS);
    bench.addFault({ type: 'delay', ms: 60_000 });
    await killWhen(startWorker(bench), () => bench.sandbox.state.faults.list().some(({ met }) => met > 0));
    bench.endFaults();

    await bench.tick(AFTER_ALL_LEASES);

    const runs = await bench.stack
      .sql`select status, finished_at is not null as finished from runs order by started_at`;
    expect(runs.map(({ status, finished }) => ({ status, finished }))).toEqual([
      { status: 'abandoned', finished: true },
      { status: 'complete', finished: true },
    ]);
    expect(bench.logged.some((line) => line.includes('runs_abandoned'))).toBe(true);
  });

  it.each([1, 4, 8])(
    'after %i requests leaves nothing that has to be cleaned up by hand',
    async (requests) => {
      const bench = await benches.open(FOUR_USERS);
      bench.addFault({ type: 'delay', ms: 40 });
      await killWhen(startWorker(bench), () => bench.sandbox.state.requests.length >= requests);
      bench.endFaults();

      const run = await bench.tick(AFTER_ALL_LEASES);

      expect(run).toMatchObject({ status: 'complete', reasons: {} });
      for (const number of NUMBERS) {
        const { points, gaps } = await bench.history(AFTER_ALL_LEASES, `user-${number}`);
        expect(gaps).toEqual([]);
        expect(points.map(({ value }) => value)).toEqual(
          points.map(({ date }) => bench.brokerTotal(date, `account-${number}`)),
        );
      }
    },
  );
});
