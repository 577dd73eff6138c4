import { beforeEach, describe, expect, test } from 'vitest';
import { type CalendarExcerpt, calendarAround, tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import { syncTradingDays } from '@/lib/fill/store';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
let harness: WorkerHarness;
beforeEach(async () => {
  harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-08-03' })] }));
  await sync(calendarAround(FRIDAY_NIGHT));
});

/** A session that the calendar in code does not have: Thanksgiving, a Thursday. */
const CALLED_OFF = '2026-11-26';
const FRIDAY_AFTER = '2026-11-27T22:30:00Z';

/** The calendar as a deployment has it that was not told of the closure. */
function beforeAnnouncement(): CalendarExcerpt {
  const calendar = calendarAround(FRIDAY_NIGHT);
  const session = {
    date: toDate(CALLED_OFF),
    opensAt: toInstant('2026-11-26T14:30:00Z'),
    closesAt: toInstant('2026-11-26T21:00:00Z'),
    earlyClose: false,
  };
  return { ...calendar, sessions: [...calendar.sessions, session] };
}

const sync = (calendar: CalendarExcerpt): Promise<number> =>
  syncTradingDays(harness.stack.admin, calendar, new Date(FRIDAY_NIGHT));

const readDays = async (): Promise<readonly unknown[]> => {
  const rows = await harness.stack.sql<
    { date: string; opens_at: Date; closes_at: Date; early_close: boolean }[]
  >`select date::text, opens_at, closes_at, early_close from trading_days order by date`;
  return rows.map((row) => ({
    date: row.date,
    opensAt: row.opens_at.toISOString(),
    closesAt: row.closes_at.toISOString(),
    earlyClose: row.early_close,
  }));
};

test('after a tick, the table of trading days is the calendar, row by row', async () => {
  await harness.tick(FRIDAY_NIGHT);
  expect(await readDays()).toEqual(tradingSessions('2000-01-01', '2035-12-31'));
  expect(await sync(calendarAround(FRIDAY_NIGHT))).toBe(0);
});

test('a tick corrects hours, and days of other years that were announced', async () => {
  await harness.stack.sql`
    update trading_days set closes_at = closes_at + interval '3 hours', early_close = false where date = '2026-11-27'`;
  await harness.stack
    .sql`update trading_days set opens_at = opens_at - interval '2 minutes' where date = '2003-03-20'`;
  await harness.stack.sql`
    insert into trading_days values ('2018-12-05', '2018-12-05T14:30:00Z', '2018-12-05T21:00:00Z', false)`;
  await harness.tick(FRIDAY_NIGHT);
  expect(await readDays()).toEqual(tradingSessions('2000-01-01', '2035-12-31'));
});

describe('a closure of the exchange', () => {
  test('that is known before the day leaves no gap and asks nobody', async () => {
    await sync(beforeAnnouncement());
    await harness.tick(FRIDAY_NIGHT);
    expect((await readDays()).length).toBe(tradingSessions('2000-01-01', '2035-12-31').length);
    await harness.tick(FRIDAY_AFTER);
    const { points, gaps } = await harness.history(FRIDAY_AFTER);
    expect(points.slice(-2).map(({ date }) => date)).toEqual(['2026-11-25', '2026-11-27']);
    expect(gaps).toEqual([]);
  });

  test('that is known after ticks takes back what was noted for the day; evidence stays', async () => {
    await harness.tick(FRIDAY_NIGHT);
    await sync(beforeAnnouncement());
    const { sql } = harness.stack;
    await sql`
      insert into fill_outcomes (user_id, account_id, value_date, reason, last_attempt_at)
      select user_id, id, ${CALLED_OFF}, 'provider_had_nothing', now() from accounts`;
    await sql`
      insert into account_values (user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict)
      select user_id, account_id, ${CALLED_OFF}, total_value, currency, kind, source, '2026-11-26T21:00:00Z', now(), 'accepted'
      from account_values where value_date = '2026-11-20' and superseded_by is null`;
    await sql`select republish(null, ${CALLED_OFF}, ${CALLED_OFF}, now())`;
    const isOfTheDay = ({ date }: { readonly date: string }): boolean => date === CALLED_OFF;
    expect((await readPublished(harness.stack, harness.userId())).filter(isOfTheDay)).toHaveLength(1);

    const run = await harness.tick(FRIDAY_AFTER);

    expect(run.status).toBe('complete');
    const history = await harness.history(FRIDAY_AFTER);
    expect(history.points.some(isOfTheDay)).toBe(false);
    expect(history.gaps).toEqual([]);
    expect(history.corrections).toMatchObject([{ date: CALLED_OFF, newValue: null, reason: 'withdrawn' }]);
    expect(await sql`select from fill_outcomes where value_date = ${CALLED_OFF}`).toHaveLength(0);
    expect(await sql`select from account_values where value_date = ${CALLED_OFF}`).toHaveLength(1);
    expect((await harness.tick('2026-11-27T22:45:00Z')).counts).toMatchObject({
      published: 0,
      connections: 0,
    });
  });

  test('holds whichever of an older and a newer deployment ticks last but one', async () => {
    for (const _ of [1, 2]) {
      expect(await sync(beforeAnnouncement())).toBe(1);
      expect(await sync(calendarAround(FRIDAY_NIGHT))).toBe(1);
    }
    expect(await readDays()).toEqual(tradingSessions('2000-01-01', '2035-12-31'));
  });

  test('that became known during a fill keeps the fill from noting anything for the day', async () => {
    await harness.tick(FRIDAY_NIGHT);
    const [known] = await harness.stack.sql<{ connection_id: string; external_id: string }[]>`
      select connection_id, external_id from accounts`;
    await harness.stack.sql`
      select record_fill(${known?.connection_id ?? ''}, gen_random_uuid(), ${harness.stack.sql.json({
        connection: { status: 'active', attempts: 0, succeeded: true },
        accounts: [],
        observations: [],
        live: [],
        outcomes: [
          { externalId: known?.external_id ?? '', date: CALLED_OFF, reason: 'unavailable', final: false },
        ],
        flows: [],
        released: [],
      })}, ${FRIDAY_NIGHT})`;
    expect(await harness.stack.sql`select from fill_outcomes where value_date = ${CALLED_OFF}`).toHaveLength(
      0,
    );
  });
});
