import { describe, expect, it } from 'vitest';
import { listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';
import { killWhen, startWorker } from '../support/worker-process';

const harnesses = prepareWorkerHarness();

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

async function listAllPublished(harness: WorkerHarness): Promise<readonly (readonly string[])[]> {
  return Promise.all(NUMBERS.map((number) => listPublished(harness.stack, harness.userId(`user-${number}`))));
}

async function readObservationRows({ stack }: WorkerHarness): Promise<readonly string[]> {
  const rows = await stack.sql`select to_jsonb(v)::text as row from account_values v order by id`;
  return rows.map(({ row }) => String(row));
}

describe('a worker that is killed in mid-run', () => {
  it('loses nothing that was recorded, and the next tick after its leases finishes the work', async () => {
    const clean = await harnesses.open(FOUR_USERS);
    await clean.tick(FRIDAY_NIGHT);
    const expected = await listAllPublished(clean);

    const harness = await harnesses.open(FOUR_USERS);
    const hanging = { operation: 'getAccountBalanceHistory', connectionId: 'connection-2' } as const;
    harness.addFault({ type: 'delay', ms: 60_000 }, { match: hanging });
    const doneBefore = async (): Promise<number> =>
      (await harness.stack.sql`select from brokerage_connections where rest_asked_at is not null`).length;
    await killWhen(startWorker(harness), async () => (await doneBefore()) === NUMBERS.length - 1);
    const recorded = await readObservationRows(harness);
    harness.endFaults();
    harness.takeRequests();

    // The lease of the dead worker still holds: nobody asks its connection at the same time.
    await harness.tick('2026-11-20T22:31:00Z');
    expect(harness.takeRequests()).toEqual([]);

    await harness.tick(AFTER_ALL_LEASES);
    expect(harness.takeRequests()).toContain('getAccountBalanceHistory account-2');
    expect(await listAllPublished(harness)).toEqual(expected);
    expect((await readObservationRows(harness)).slice(0, recorded.length)).toEqual(recorded);
  });

  it('is recognised by the next run, which closes its record', async () => {
    const harness = await harnesses.open(FOUR_USERS);
    harness.addFault({ type: 'delay', ms: 60_000 });
    await killWhen(startWorker(harness), () =>
      harness.sandbox.state.faults.list().some(({ met }) => met > 0),
    );
    harness.endFaults();

    await harness.tick(AFTER_ALL_LEASES);

    const runs = await harness.stack
      .sql`select status, finished_at is not null as finished from runs order by started_at`;
    expect(runs.map(({ status, finished }) => ({ status, finished }))).toEqual([
      { status: 'abandoned', finished: true },
      { status: 'complete', finished: true },
    ]);
    expect(harness.logged.some((line) => line.includes('runs_abandoned'))).toBe(true);
  });

  it.each([1, 4, 8])(
    'after %i requests leaves nothing that has to be cleaned up by hand',
    async (requests) => {
      const harness = await harnesses.open(FOUR_USERS);
      harness.addFault({ type: 'delay', ms: 40 });
      await killWhen(startWorker(harness), () => harness.sandbox.state.requests.length >= requests);
      harness.endFaults();

      const run = await harness.tick(AFTER_ALL_LEASES);

      expect(run).toMatchObject({ status: 'complete', reasons: {} });
      for (const number of NUMBERS) {
        const { points, gaps } = await harness.history(AFTER_ALL_LEASES, `user-${number}`);
        expect(gaps).toEqual([]);
        expect(points.map(({ value }) => value)).toEqual(
          points.map(({ date }) => harness.brokerTotal(date, `account-${number}`)),
        );
      }
    },
  );
});
