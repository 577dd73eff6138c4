import { describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { tickEachEvening } from '../support/alert-harness';
import { listObservations, listOutcomes, readPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

/** The second of a user's two connections breaks at noon of Tuesday, 2026-11-10. */
const ONE_OF_TWO_BREAKS = scenario({
  users: [
    user({
      connections: [
        connection({ accounts: [account({ openedOn: '2026-10-01', investedShare: 1 })] }),
        connection({
          id: 'connection-2',
          disabledSince: '2026-11-10T17:00:00Z',
          accounts: [
            account({ id: 'account-2', name: 'Second', openedOn: '2026-10-01', investedShare: 0.5 }),
          ],
        }),
      ],
    }),
  ],
});

async function readConnection({ stack }: WorkerHarness): Promise<string> {
  const [row] = await stack.sql<{ line: string }[]>`
    select concat_ws(' ', status, last_error_code) as line from brokerage_connections where external_id = 'connection-2'`;
  return row?.line ?? 'none';
}

async function listDays(harness: WorkerHarness, from: string): Promise<readonly string[]> {
  const published = await readPublished(harness.stack, harness.userId());
  return published
    .filter(({ date }) => date >= from)
    .map(({ date, kind, present, carried }) => [date, kind, present, ...carried].join(' '));
}

describe('a connection that broke', () => {
  it('is marked, and its last state is never taken for a new value', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    await tickEachEvening(harness, '2026-11-09', '2026-11-12');

    expect(await readConnection(harness)).toBe('disabled needs_reconnect');
    const observed = await listObservations(harness.stack);
    expect(observed.filter((line) => line.startsWith('account-2') && line >= 'account-2 2026-11-10')).toEqual(
      [],
    );
    const { connections } = await harness.history('2026-11-12T22:30:00Z');
    expect(connections.map((connection) => connection.status).toSorted()).toEqual(['active', 'disabled']);
  });

  it('carries its account for five sessions and no longer; then the days are a gap with that reason', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    await tickEachEvening(harness, '2026-11-09', '2026-11-18');

    expect(await listDays(harness, '2026-11-09')).toEqual([
      '2026-11-09 daily_eod 2',
      '2026-11-10 estimated 1 Second from 2026-11-09',
      '2026-11-11 estimated 1 Second from 2026-11-09',
      '2026-11-12 estimated 1 Second from 2026-11-09',
      '2026-11-13 estimated 1 Second from 2026-11-09',
      '2026-11-16 estimated 1 Second from 2026-11-09',
    ]);
    expect((await harness.history('2026-11-18T22:30:00Z')).gaps).toMatchObject([
      { from: '2026-11-17', to: '2026-11-18', days: 2, reason: 'connection_broken', final: false },
    ]);
  });

  it('does not disturb the other connection of the same user', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    await tickEachEvening(harness, '2026-11-09', '2026-11-18');

    const observed = await listObservations(harness.stack);
    expect(observed).toContain(
      `account-1 2026-11-18 ${harness.brokerTotal('2026-11-18', 'account-1')} daily_eod`,
    );
  });

  it('is looked at every six hours, at the cost of two questions', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    await tickEachEvening(harness, '2026-11-09', '2026-11-10');
    harness.takeRequests();

    await harness.tick('2026-11-11T04:20:00Z');
    expect(harness.takeRequests()).toEqual([]);
    await harness.tick('2026-11-11T04:30:00Z');
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-2',
      'listConnectionAccounts connection-2',
    ]);
  });

  it('heals by itself when it is reconnected: what was missed comes from the history of the broker', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    await tickEachEvening(harness, '2026-11-09', '2026-11-18');
    harness.changeConnection('connection-2', { disabledSince: null });

    await tickEachEvening(harness, '2026-11-19', '2026-11-19');

    expect(await readConnection(harness)).toBe('active');
    expect((await harness.history('2026-11-19T22:30:00Z')).gaps).toEqual([]);
    const days = (await readPublished(harness.stack, harness.userId())).filter(
      ({ date }) => date >= '2026-11-10',
    );
    expect(days.map(({ date, value, kind }) => `${date} ${value} ${kind}`)).toEqual(
      days.map(
        ({ date }) =>
          `${date} ${harness.brokerTotal(date, 'account-1', 'account-2')} ${date === '2026-11-19' ? 'daily_eod' : 'reconstructed'}`,
      ),
    );
  });

  it('after the close still had its value of that day', async () => {
    const harness = await harnesses.open(ONE_OF_TWO_BREAKS);
    harness.changeConnection('connection-2', { disabledSince: toInstant('2026-11-10T22:00:00Z') });
    await tickEachEvening(harness, '2026-11-09', '2026-11-10');

    expect(await listDays(harness, '2026-11-10')).toEqual(['2026-11-10 daily_eod 2']);
  });

  it('still has what it read after the close, and nothing of what it only repeats', async () => {
    const accounts = ['account-1', 'account-2'].map((id) => account({ id, openedOn: '2026-11-02' }));
    const harness = await harnesses.open(scenario({ accounts }));
    await harness.tick('2026-11-18T22:30:00Z');
    // The first account was read after Thursday's close and before the break, the second was not.
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-19T21:45:00Z') });
    harness.addFault({ type: 'stale', asOf: '2026-11-18T17:00:00Z' }, { match: { accountId: 'account-2' } });

    await harness.tick('2026-11-19T22:30:00Z');

    expect((await listObservations(harness.stack)).at(-1)).toBe('account-1 2026-11-19 10000 daily_eod');
    expect(await listOutcomes(harness.stack)).toEqual([
      'account-2 2026-11-19 connection_broken 1 attempts: broken_repeat',
    ]);
  });
});
