import { describe, expect, it } from 'vitest';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { getHistory } from '@/lib/history/read';
import { listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

/** A Monday in session; the Friday before is captured. */
const MONDAY = {
  beforeTheBell: '2026-11-23T14:20:00Z',
  atTen: '2026-11-23T15:00:00Z',
  fourLater: '2026-11-23T15:04:00Z',
  nineLater: '2026-11-23T15:09:00Z',
  tenLater: '2026-11-23T15:10:00Z',
  twentyLater: '2026-11-23T15:20:00Z',
  afterTheClose: '2026-11-23T21:05:00Z',
} as const;

const INVESTED = account({ investedShare: 1 });

async function openCaptured(
  parts: Parameters<typeof scenario>[0] = { accounts: [INVESTED] },
): Promise<WorkerHarness> {
  const harness = await harnesses.open(scenario(parts));
  await harness.tick(FRIDAY_NIGHT);
  harness.takeRequests();
  return harness;
}

/** The user's last day at an instant, as their page shows it. */
function lastDay(harness: WorkerHarness, at: string) {
  const friday = toDate('2026-11-20');
  const query = { period: '1D', from: toDate('2026-11-19'), to: friday } as const;
  return getHistory(harness.stack.admin, harness.userId(), query, friday, new Date(at));
}

describe('a look in session', () => {
  it('has the broker read once, and moves the live value and the line of the session, but no history', async () => {
    const harness = await openCaptured();
    const before = await listPublished(harness.stack, harness.userId());

    // A broken connection goes on answering with what it knew, so it is asked about itself each time.
    const asked = ['getConnection connection-1', 'listConnectionAccounts connection-1'];
    expect(await harness.look(MONDAY.atTen)).toBe(1);
    expect(harness.takeRequests()).toEqual(asked);
    expect(await harness.look(MONDAY.twentyLater)).toBe(1);
    expect(harness.takeRequests()).toEqual(asked);

    const { live, intraday, market } = await lastDay(harness, MONDAY.twentyLater);
    expect(market).toEqual({ isOpen: true, changesAt: '2026-11-23T21:00:00.000Z' });
    expect(live).toMatchObject({ asOf: '2026-11-23T15:20:00.000Z' });
    expect(intraday.map(({ at }) => at)).toEqual(['2026-11-23T15:00:00.000Z', '2026-11-23T15:20:00.000Z']);
    expect(intraday.at(-1)?.value).toBe(live?.value);
    expect(intraday.at(0)?.value).not.toBe(live?.value);
    expect(await listPublished(harness.stack, harness.userId())).toEqual(before);
  });

  it('asks nobody again within ten minutes', async () => {
    const harness = await openCaptured();
    await harness.look(MONDAY.atTen);
    harness.takeRequests();
    expect(await harness.look(MONDAY.fourLater)).toBe(0);
    expect(await harness.look(MONDAY.nineLater)).toBe(0);
    expect(harness.takeRequests()).toEqual([]);
    expect(await harness.look(MONDAY.tenLater)).toBe(1);
  });

  it('by ten open pages at once costs one read', async () => {
    const harness = await openCaptured();
    const looks = await Promise.all(Array.from({ length: 10 }, () => harness.look(MONDAY.atTen)));
    expect(looks.reduce((sum, newer) => sum + newer, 0)).toBe(1);
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
    ]);
  });

  it('keeps the last word of each quarter of an hour, in whatever order and however often it is told', async () => {
    const harness = await openCaptured();
    await harness.look(MONDAY.atTen);
    await harness.look(MONDAY.tenLater);
    const { live, intraday } = await lastDay(harness, MONDAY.tenLater);
    expect(intraday).toEqual([{ at: '2026-11-23T15:10:00.000Z', value: live?.value }]);

    await harness.stack.sql`update live_values set total_value = total_value, as_of = as_of`;
    await harness.stack.sql`update live_values set total_value = 1, as_of = ${MONDAY.atTen}`;
    expect((await lastDay(harness, MONDAY.tenLater)).intraday).toEqual(intraday);
  });

  it('is left alone while the market is closed', async () => {
    const harness = await openCaptured();
    expect(await harness.look(MONDAY.beforeTheBell)).toBe(0);
    expect(await harness.look(MONDAY.afterTheClose)).toBe(0);
    expect(await harness.look('2026-11-22T16:00:00Z')).toBe(0);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('does not ask a broker that is known to be read once a day', async () => {
    const harness = await openCaptured({ connection: { dataFreshness: 'daily', syncTime: '21:30' } });
    expect(await harness.look(MONDAY.atTen)).toBe(0);
    expect(harness.takeRequests()).toEqual([]);
    // An operator may have changed plans a week later.
    harness.changeConnection('connection-1', { dataFreshness: 'realtime' });
    expect(await harness.look('2026-11-30T16:00:00Z')).toBe(1);
  });

  it('draws no line from parts that were read at different times', async () => {
    const harness = await openCaptured({
      users: [
        user({
          connections: [
            connection({ accounts: [INVESTED] }),
            connection({ id: 'slow', dataFreshness: 'daily', accounts: [account({ id: 'slow-account' })] }),
          ],
        }),
      ],
    });
    expect(await harness.look(MONDAY.atTen)).toBe(1);
    const { live, intraday } = await lastDay(harness, MONDAY.atTen);
    // The total is told, as old as its oldest part.
    expect(live?.asOf.startsWith('2026-11-20')).toBe(true);
    expect(intraday).toEqual([]);
  });
});

describe('a look that fails', () => {
  it.each([
    { name: 'the provider is down', effect: { type: 'status', status: 500 } },
    { name: 'the answer is no answer', effect: { type: 'malformed' } },
    { name: 'the total is missing', effect: { type: 'null_total' } },
    { name: 'the total is zero without a reason', effect: { type: 'zero_total' } },
    { name: 'the total is absurd', effect: { type: 'scale', factor: '1000' } },
  ] as const)('keeps the old value with its as-of ($name)', async ({ effect }) => {
    const harness = await openCaptured();
    await harness.look(MONDAY.atTen);
    const before = await lastDay(harness, MONDAY.atTen);
    harness.addFault(effect);
    expect(await harness.look(MONDAY.twentyLater)).toBe(0);
    const after = await lastDay(harness, MONDAY.twentyLater);
    expect(after.live).toEqual(before.live);
    expect(after.intraday).toEqual(before.intraday);

    harness.endFaults();
    expect(await harness.look('2026-11-23T15:30:00Z')).toBe(1);
  });

  it('for want of requests in the budget asks nothing and is no error', async () => {
    const harness = await openCaptured();
    // The evening's capture has spent what there was.
    const exhausted = { perMinute: 1, timeLeftMs: () => 1_000 };
    expect(await harness.look(MONDAY.atTen, exhausted)).toBe(0);
    expect(harness.takeRequests()).toEqual([]);
    expect(harness.logged.some((line) => line.includes('"errorKind":"out_of_time"'))).toBe(true);
  });

  it('of a broken connection changes nothing', async () => {
    const harness = await openCaptured();
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-23T14:45:00Z') });
    expect(await harness.look(MONDAY.atTen)).toBe(0);
    expect((await lastDay(harness, MONDAY.atTen)).intraday).toEqual([]);
  });
});

describe('the line of the session', () => {
  it('has points of capture ticks that learn live values in session too', async () => {
    const harness = await openCaptured();
    await harness.stack
      .sql`update brokerage_connections set due_at = ${MONDAY.atTen}, totals_due = true, retry_at = null`;
    await harness.tick(MONDAY.atTen);
    const { intraday, live } = await lastDay(harness, MONDAY.atTen);
    expect(intraday).toEqual([{ at: '2026-11-23T15:00:00.000Z', value: live?.value }]);
  });

  it('is forgotten after a week, and shown with the last day alone', async () => {
    const harness = await openCaptured();
    await harness.look(MONDAY.atTen);
    const friday = toDate('2026-11-20');
    const week = { period: '1W', from: toDate('2026-11-13'), to: friday } as const;
    const shown = await getHistory(
      harness.stack.admin,
      harness.userId(),
      week,
      friday,
      new Date(MONDAY.atTen),
    );
    expect(shown.intraday).toEqual([]);

    await harness.look('2026-11-30T16:00:00Z');
    const rows = await harness.stack.sql`select at from intraday_values`;
    expect(rows).toHaveLength(1);
  });
});
