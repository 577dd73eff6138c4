import { describe, expect, it } from 'vitest';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { claimRefresh } from '@/lib/fill/store';
import { listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { prepareWorkerHarness, tickWithRefresh, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

/** A broker that is read once a day in mid-session: without a refresh, no close is ever captured. */
const READ_AT_NOON = scenario({
  connection: { dataFreshness: 'daily', syncTime: '17:00' },
  accounts: [account({ openedOn: '2026-11-02', investedShare: 1 })],
});

const THURSDAY = '2026-11-19T21:30:00Z';
const STILL_AT_NOON = { type: 'stale', asOf: '2026-11-19T17:00:00.000Z' } as const;

async function countRefreshes(harness: WorkerHarness): Promise<number> {
  return harness.takeRequests().filter((line) => line.startsWith('refreshConnection')).length;
}

async function readDay(harness: WorkerHarness, date: string): Promise<string | undefined> {
  const published = await listPublished(harness.stack, harness.userId());
  return published.find((line) => line.startsWith(date) && line.endsWith('daily_eod'));
}

async function readRefreshDay({ stack }: WorkerHarness): Promise<string | null> {
  const [row] = await stack.sql<{ day: string | null }[]>`
    select refresh_requested_for::text as day from brokerage_connections`;
  return row?.day ?? null;
}

describe('a refresh after the close', () => {
  it('brings the day of a broker that is read in mid-session', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    await tickWithRefresh(harness, THURSDAY);

    // How fresh its answers are is asked first. The refresh proves that the connection works, so that is not asked beside it.
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
      'refreshConnection connection-1',
      'getAccountActivities account-1',
      'getAccountBalanceHistory account-1',
    ]);
    expect((await harness.history(THURSDAY)).gaps).toMatchObject([
      { from: '2026-11-19', reason: 'not_yet_due', nextAttemptAt: '2026-11-19T21:35:00.000Z' },
    ]);
    await tickWithRefresh(harness, '2026-11-19T21:34:00Z');
    expect(harness.takeRequests()).toEqual([]);

    await tickWithRefresh(harness, '2026-11-19T21:35:00Z');
    expect(harness.takeRequests()).toEqual(['listConnectionAccounts connection-1']);
    expect(await readDay(harness, '2026-11-19')).toBe(
      `2026-11-19 ${harness.brokerTotal('2026-11-19', 'account-1')} daily_eod`,
    );
    expect((await harness.history(THURSDAY)).gaps).toEqual([]);
  });

  it('is asked for once for each connection and trading day, however long its values stay old', async () => {
    const harness = await harnesses.open(
      scenario({
        users: [
          user({
            connections: ['connection-1', 'connection-2'].map((id) =>
              connection({
                id,
                dataFreshness: 'daily',
                syncTime: '17:00',
                accounts: [account({ id: `${id}-a` }), account({ id: `${id}-b` })],
              }),
            ),
          }),
        ],
      }),
    );
    harness.addFault(STILL_AT_NOON);
    for (const at of [THURSDAY, '2026-11-19T21:35:00Z', '2026-11-20T01:00:00Z', '2026-11-20T14:00:00Z'])
      await tickWithRefresh(harness, at);
    expect(await countRefreshes(harness)).toBe(2);

    await tickWithRefresh(harness, '2026-11-20T21:30:00Z');
    expect(await countRefreshes(harness)).toBe(2);
  });

  it('is asked for by one of many workers', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    const [row] = await harness.stack.sql<{ id: string }[]>`select id from brokerage_connections`;
    const claims = await Promise.all(
      Array.from({ length: 8 }, () => claimRefresh(harness.stack.admin, row?.id ?? '', toDate('2026-11-19'))),
    );
    expect(claims.filter((claimed) => claimed)).toHaveLength(1);
  });

  it('is never asked for where the operator has not switched it on', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    await harness.tick(THURSDAY);
    await harness.tick('2026-11-20T01:00:00Z');
    expect(await countRefreshes(harness)).toBe(0);
    expect(await readRefreshDay(harness)).toBeNull();
  });

  it('is not asked for when the value is fresh, nor after the next open', async () => {
    const fresh = await harnesses.open(scenario());
    await tickWithRefresh(fresh, THURSDAY);
    expect(await countRefreshes(fresh)).toBe(0);

    const late = await harnesses.open(READ_AT_NOON);
    await tickWithRefresh(late, '2026-11-20T14:30:00Z');
    expect(await countRefreshes(late)).toBe(0);
  });

  it('that the plan lacks leaves everything as it is without it', async () => {
    const with403 = await harnesses.open(READ_AT_NOON);
    with403.addFault(
      { type: 'status', status: 403, code: '1141' },
      { match: { operation: 'refreshConnection' } },
    );
    const run = await tickWithRefresh(with403, THURSDAY);
    const gaps = (await with403.history(THURSDAY)).gaps;
    expect(run.counts).toMatchObject({ failed: 0 });

    const without = await harnesses.open(READ_AT_NOON);
    await without.tick(THURSDAY);
    expect(gaps).toEqual((await without.history(THURSDAY)).gaps);
  });

  it('that fails costs the fill nothing, and is tried again when the values are asked for again', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    harness.addFault({ type: 'status', status: 503 }, { match: { operation: 'refreshConnection' } });
    const run = await tickWithRefresh(harness, THURSDAY);
    expect(run.counts).toMatchObject({ failed: 0, reconstructed: 13 });
    expect(await readRefreshDay(harness)).toBeNull();

    harness.endFaults();
    await tickWithRefresh(harness, '2026-11-19T22:00:00Z');
    await tickWithRefresh(harness, '2026-11-19T22:05:00Z');
    expect(await readDay(harness, '2026-11-19')).toBeDefined();
  });

  it('that time did not suffice for is asked for by the next tick', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    let asked = 0;
    // Time runs out after two requests, which the gate lets pass.
    const run = await tickWithRefresh(harness, THURSDAY, { timeLeftMs: () => (asked++ < 2 ? 60_000 : 0) });
    expect(run.status).toBe('continues');
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
    ]);
    expect(await readRefreshDay(harness)).toBeNull();

    await tickWithRefresh(harness, THURSDAY);
    expect(await countRefreshes(harness)).toBe(1);
  });

  it('finds out that a connection is broken', async () => {
    const harness = await harnesses.open(READ_AT_NOON);
    await tickWithRefresh(harness, '2026-11-18T21:30:00Z');
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-19T12:00:00Z') });
    harness.takeRequests();

    await tickWithRefresh(harness, THURSDAY);

    const [row] = await harness.stack.sql`select status, last_error_code as error from brokerage_connections`;
    expect(row).toEqual({ status: 'disabled', error: 'needs_reconnect' });
    expect((await harness.history(THURSDAY)).gaps.at(-1)).toMatchObject({
      to: '2026-11-19',
      reason: 'connection_broken',
    });
    harness.takeRequests();
    await tickWithRefresh(harness, '2026-11-20T04:00:00Z');
    expect(await countRefreshes(harness)).toBe(0);
  });
});
