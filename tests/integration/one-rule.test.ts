import { describe, expect, it } from 'vitest';
import { splitAccount } from '@/lib/connections/store';
import { readCoverageGaps, readCoverageUser, readHeldValues } from '@/lib/coverage/store';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { recordLiveRead } from '@/lib/live/store';
import { preview } from '../support/backfill-harness';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { account, connection, scenario, user } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';

const benches = prepareFillBench();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const TUESDAY_NIGHT = '2026-11-24T22:30:00Z';
const DAILY = account({ openedOn: '2026-11-16', historyEnabled: false });

async function breakConnections(bench: FillBench): Promise<void> {
  await bench.stack.sql`
    update brokerage_connections set status = 'disabled', disabled_since = '2026-11-21T12:00:00Z'`;
}

describe('one real account behind two connections that are broken', () => {
  it('misses as many days in the history, in the open gaps and in the preview of a backfill', async () => {
    const bench = await benches.open(scenario({ accounts: [account({ openedOn: '2026-10-01' })] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench, { besidesTheOld: true });
    await bench.tick(FRIDAY_NIGHT);
    expect(await countLines(bench)).toBe(1);
    await breakConnections(bench);

    const range = { from: toDate('2026-11-16'), to: toDate('2026-11-24'), reach: toDate('2025-11-24') };
    const gaps = await readCoverageGaps(bench.stack.admin, range);
    const parts = { from: '2026-11-16', to: '2026-11-24', at: TUESDAY_NIGHT };
    expect((await bench.history(TUESDAY_NIGHT)).gaps).toMatchObject([{ from: '2026-11-23', days: 2 }]);
    expect(gaps.filter(({ by }) => by === 'reason')).toMatchObject([
      { reason: 'connection_broken', days: 2, users: 1 },
    ]);
    expect(await preview(bench, parts)).toMatchObject({ accountDays: 2, accounts: 1 });
  });
});

describe('after a new link', () => {
  it('a held value stands beside the last value of the real account, in the queue and at its user', async () => {
    const bench = await benches.open(scenario({ accounts: [DAILY] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench);
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);

    const last = { date: '2026-11-19', total: '10000' };
    const queue = await readHeldValues(bench.stack.admin, { beforeId: null, limit: 10 });
    expect(queue).toMatchObject([{ date: '2026-11-20', last }]);
    expect((await readCoverageUser(bench.stack.admin, bench.userId()))?.held).toMatchObject([{ last }]);
  });

  it('an account of a history is split by the id that the history gives it', async () => {
    const bench = await benches.open(scenario({ accounts: [DAILY] }));
    await bench.tick(THURSDAY_NIGHT);
    await linkAgain(bench);
    await bench.tick(FRIDAY_NIGHT);
    const [shown, ...others] = (await bench.history(FRIDAY_NIGHT)).accounts;
    expect(others).toEqual([]);

    const own = { userId: bench.userId(), id: shown?.id ?? '' };
    expect(await splitAccount(bench.stack.admin, own, new Date(FRIDAY_NIGHT))).toMatchObject({
      accountId: await idOf(bench, 'accounts', 'account-1-again'),
      split: true,
    });
    expect(await countLines(bench)).toBe(2);
  });
});

it('a carried account is called by the id that the history gives the account', async () => {
  const bench = await benches.open(
    scenario({
      users: [
        user({
          connections: [
            connection({ accounts: [DAILY] }),
            connection({
              id: 'connection-2',
              institution: { name: 'Other Broker', slug: 'OTHER' },
              accounts: [{ ...DAILY, id: 'account-2' }],
            }),
          ],
        }),
      ],
    }),
  );
  await bench.tick(THURSDAY_NIGHT);
  bench.changeConnection('connection-2', { disabledSince: toInstant('2026-11-20T12:00:00Z') });
  await bench.tick(FRIDAY_NIGHT);

  const { points, accounts } = await bench.history(FRIDAY_NIGHT);
  const carried = points.at(-1)?.carried ?? [];
  expect(carried).toHaveLength(1);
  expect(carried.map(({ accountId }) => accountId)).toEqual(
    accounts.filter(({ institution }) => institution === 'Other Broker').map(({ id }) => id),
  );
});

describe('a live value', () => {
  const asOf = '2026-11-20T21:00:00Z';
  const read = (bench: FillBench, connectionId: string, total: string, at: string) =>
    recordLiveRead(
      bench.stack.admin,
      connectionId,
      {
        freshness: 'realtime',
        live: [{ externalId: 'account-1', total, currency: 'USD', source: 'snaptrade', asOf: at }],
      } as unknown as Parameters<typeof recordLiveRead>[2],
      new Date(FRIDAY_NIGHT),
    );

  it('that is other news of the same instant is kept, whoever brings it; the same news and older news are not', async () => {
    const bench = await benches.open(scenario({ accounts: [DAILY] }));
    await bench.tick(FRIDAY_NIGHT);
    const id = await idOf(bench, 'brokerage_connections', 'connection-1');
    await bench.stack.sql`update live_values set as_of = ${asOf}`;
    expect(await read(bench, id, '12345', asOf)).toBe(1);
    expect(await read(bench, id, '12345', asOf)).toBe(0);
    expect(await read(bench, id, '1', '2026-11-20T20:59:59Z')).toBe(0);
    expect(await bench.stack.sql`select trim_scale(total_value)::text as total from live_values`).toEqual([
      { total: '12345' },
    ]);
  });
});
