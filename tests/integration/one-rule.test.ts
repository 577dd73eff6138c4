import { describe, expect, it } from 'vitest';
import { splitAccount } from '@/lib/connections/store';
import { readCoverageGaps, readCoverageUser, readHeldValues } from '@/lib/coverage/store';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { recordLiveRead } from '@/lib/live/store';
import { preview } from '../support/backfill-harness';
import { countLines, idOf, linkAgain } from '../support/linked-user';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const TUESDAY_NIGHT = '2026-11-24T22:30:00Z';
const DAILY = account({ openedOn: '2026-11-16', historyEnabled: false });

async function breakConnections(harness: WorkerHarness): Promise<void> {
  await harness.stack.sql`
    update brokerage_connections set status = 'disabled', disabled_since = '2026-11-21T12:00:00Z'`;
}

describe('one real account behind two connections that are broken', () => {
  it('misses as many days in the history, in the open gaps and in the preview of a backfill', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-10-01' })] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness, { besidesTheOld: true });
    await harness.tick(FRIDAY_NIGHT);
    expect(await countLines(harness)).toBe(1);
    await breakConnections(harness);

    const range = { from: toDate('2026-11-16'), to: toDate('2026-11-24'), reach: toDate('2025-11-24') };
    const gaps = await readCoverageGaps(harness.stack.admin, range);
    const parts = { from: '2026-11-16', to: '2026-11-24', at: TUESDAY_NIGHT };
    expect((await harness.history(TUESDAY_NIGHT)).gaps).toMatchObject([{ from: '2026-11-23', days: 2 }]);
    expect(gaps.filter(({ by }) => by === 'reason')).toMatchObject([
      { reason: 'connection_broken', days: 2, users: 1 },
    ]);
    expect(await preview(harness, parts)).toMatchObject({ accountDays: 2, accounts: 1 });
  });
});

describe('after a new link', () => {
  it('a held value stands beside the last value of the real account, in the queue and at its user', async () => {
    const harness = await harnesses.open(scenario({ accounts: [DAILY] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness);
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);

    const last = { date: '2026-11-19', total: '10000' };
    const queue = await readHeldValues(harness.stack.admin, { beforeId: null, limit: 10 });
    expect(queue).toMatchObject([{ date: '2026-11-20', last }]);
    expect((await readCoverageUser(harness.stack.admin, harness.userId()))?.held).toMatchObject([{ last }]);
  });

  it('an account of a history is split by the id that the history gives it', async () => {
    const harness = await harnesses.open(scenario({ accounts: [DAILY] }));
    await harness.tick(THURSDAY_NIGHT);
    await linkAgain(harness);
    await harness.tick(FRIDAY_NIGHT);
    const [shown, ...others] = (await harness.history(FRIDAY_NIGHT)).accounts;
    expect(others).toEqual([]);

    const own = { userId: harness.userId(), id: shown?.id ?? '' };
    expect(await splitAccount(harness.stack.admin, own, new Date(FRIDAY_NIGHT))).toMatchObject({
      accountId: await idOf(harness, 'accounts', 'account-1-again'),
      split: true,
    });
    expect(await countLines(harness)).toBe(2);
  });
});

it('a carried account is called by the id that the history gives the account', async () => {
  const harness = await harnesses.open(
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
  await harness.tick(THURSDAY_NIGHT);
  harness.changeConnection('connection-2', { disabledSince: toInstant('2026-11-20T12:00:00Z') });
  await harness.tick(FRIDAY_NIGHT);

  const { points, accounts } = await harness.history(FRIDAY_NIGHT);
  const carried = points.at(-1)?.carried ?? [];
  expect(carried).toHaveLength(1);
  expect(carried.map(({ accountId }) => accountId)).toEqual(
    accounts.filter(({ institution }) => institution === 'Other Broker').map(({ id }) => id),
  );
});

describe('a live value', () => {
  const asOf = '2026-11-20T21:00:00Z';
  const read = (harness: WorkerHarness, connectionId: string, total: string, at: string) =>
    recordLiveRead(
      harness.stack.admin,
      connectionId,
      {
        freshness: 'realtime',
        live: [{ externalId: 'account-1', total, currency: 'USD', source: 'snaptrade', asOf: at }],
      } as unknown as Parameters<typeof recordLiveRead>[2],
      new Date(FRIDAY_NIGHT),
    );

  it('that is other news of the same instant is kept, whoever brings it; the same news and older news are not', async () => {
    const harness = await harnesses.open(scenario({ accounts: [DAILY] }));
    await harness.tick(FRIDAY_NIGHT);
    const id = await idOf(harness, 'brokerage_connections', 'connection-1');
    await harness.stack.sql`update live_values set as_of = ${asOf}`;
    expect(await read(harness, id, '12345', asOf)).toBe(1);
    expect(await read(harness, id, '12345', asOf)).toBe(0);
    expect(await read(harness, id, '1', '2026-11-20T20:59:59Z')).toBe(0);
    expect(await harness.stack.sql`select trim_scale(total_value)::text as total from live_values`).toEqual([
      { total: '12345' },
    ]);
  });
});
