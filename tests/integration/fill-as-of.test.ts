import { describe, expect, it } from 'vitest';
import { listObservations, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

async function listCaptured(harness: WorkerHarness): Promise<readonly string[]> {
  const published = await listPublished(harness.stack, harness.userId());
  return published.filter((line) => line.endsWith('daily_eod')).map((line) => line.slice(0, 10));
}

/** An account whose value differs from day to day. */
const MOVING = account({ openedOn: '2026-02-02', investedShare: 1 });

describe('a value that was read before the close', () => {
  const DAILY = scenario({ accounts: [MOVING], connection: { dataFreshness: 'daily', syncTime: '22:15' } });

  it('is not captured, is asked again on schedule, and is captured when it is fresh', async () => {
    const harness = await harnesses.open(DAILY);
    await harness.tick('2026-11-19T22:30:00Z');
    harness.takeRequests();

    await harness.tick('2026-11-20T21:45:00Z');
    expect(await listCaptured(harness)).toEqual(['2026-11-19']);
    expect((await harness.history('2026-11-20T21:45:00Z')).gaps).toMatchObject([
      {
        from: '2026-11-20',
        to: '2026-11-20',
        reason: 'not_yet_due',
        nextAttemptAt: '2026-11-20T22:25:00.000Z',
      },
    ]);
    // The broker will be read in half an hour, so nothing is wrong yet that a further question could tell.
    expect(harness.takeRequests()).toEqual([
      'listConnectionAccounts connection-1',
      'getAccountActivities account-1',
    ]);

    await harness.tick('2026-11-20T22:15:00Z');
    expect(harness.takeRequests()).toEqual([]);

    await harness.tick('2026-11-20T22:25:00Z');
    expect(await listCaptured(harness)).toEqual(['2026-11-19', '2026-11-20']);
    expect((await harness.history('2026-11-20T22:25:00Z')).gaps).toEqual([]);
  });

  it('adds no observation, however often it is repeated', async () => {
    const harness = await harnesses.open(DAILY);
    await harness.tick('2026-11-19T22:30:00Z');
    const before = await listObservations(harness.stack);

    for (const at of ['2026-11-20T21:30:00Z', '2026-11-20T21:45:00Z', '2026-11-20T22:00:00Z'])
      await harness.tick(at);

    expect(await listObservations(harness.stack)).toEqual(before);
  });

  it('is captured in the night or the next morning, when the broker is read that late', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [MOVING], connection: { dataFreshness: 'daily', syncTime: '11:00' } }),
    );
    for (let hour = 22; hour <= 36; hour += 1) {
      await harness.tick(new Date(Date.parse('2026-11-19T00:00:00Z') + hour * 3_600_000).toISOString());
    }
    expect(await listCaptured(harness)).toEqual(['2026-11-18', '2026-11-19']);
  });
});

describe('a value that was read in mid-session', () => {
  it('belongs to no close: it moves the live value alone', async () => {
    const harness = await harnesses.open(scenario({ accounts: [MOVING] }));
    await harness.tick('2026-11-19T22:30:00Z');
    const before = await listPublished(harness.stack, harness.userId());
    // An event came, or nobody would look at noon.
    await harness.stack
      .sql`update brokerage_connections set due_at = '2026-11-20T17:00:00Z', totals_due = true`;

    await harness.tick('2026-11-20T17:00:00Z');

    expect(await listPublished(harness.stack, harness.userId())).toEqual(before);
    expect((await harness.history('2026-11-20T17:00:00Z')).live?.asOf).toBe('2026-11-20T17:00:00.000Z');
  });
});

describe('the as-of decides the day', () => {
  it.each([
    { name: 'a reading on Saturday is Friday’s', at: '2026-11-21T15:00:00Z', day: '2026-11-20' },
    { name: 'a reading on Sunday night is Friday’s', at: '2026-11-23T04:00:00Z', day: '2026-11-20' },
    {
      name: 'a reading a minute before the next open is Friday’s',
      at: '2026-11-23T14:29:00Z',
      day: '2026-11-20',
    },
    {
      name: 'a reading after 20:00 in New York stays with its session',
      at: '2026-11-20T01:30:00Z',
      day: '2026-11-19',
    },
    {
      name: 'a reading after midnight in New York stays with its session',
      at: '2026-11-20T06:00:00Z',
      day: '2026-11-19',
    },
    { name: 'a reading on Thanksgiving is Wednesday’s', at: '2026-11-26T22:30:00Z', day: '2026-11-25' },
    { name: 'a reading after an early close is that day’s', at: '2026-11-27T18:31:00Z', day: '2026-11-27' },
    {
      name: 'in the last week of daylight time the close comes an hour earlier in UTC',
      at: '2026-10-30T20:31:00Z',
      day: '2026-10-30',
    },
    {
      name: 'in the first week of standard time it comes an hour later',
      at: '2026-11-02T21:31:00Z',
      day: '2026-11-02',
    },
    { name: 'on the Friday before daylight time begins', at: '2026-03-06T21:31:00Z', day: '2026-03-06' },
    { name: 'on the Monday after daylight time began', at: '2026-03-09T20:31:00Z', day: '2026-03-09' },
  ])('$name', async ({ at, day }) => {
    const harness = await harnesses.open(scenario({ accounts: [MOVING] }));
    const run = await harness.tick(at);

    expect(run.tradingDay).toBe(day);
    expect(await listCaptured(harness)).toEqual([day]);
    expect(await listPublished(harness.stack, harness.userId())).toContain(
      `${day} ${harness.brokerTotal(day, 'account-1')} daily_eod`,
    );
  });

  it.each([
    {
      name: 'in standard time, when summer’s close has passed',
      at: '2026-11-02T20:45:00Z',
      due: '2026-10-30',
    },
    { name: 'half an hour after the close has not passed', at: '2026-11-20T21:29:00Z', due: '2026-11-19' },
  ])('a day is not captured before it is due: $name', async ({ at, due }) => {
    const harness = await harnesses.open(scenario({ accounts: [MOVING] }));
    const run = await harness.tick(at);

    expect(run.tradingDay).toBe(due);
    expect((await harness.history(at)).points.at(-1)?.date).toBe(due);
  });
});
