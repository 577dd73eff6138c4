import { afterEach, expect, it } from 'vitest';
import { checkCalendar } from '@/lib/alerts/calendar-check';
import { claimCalendarCheck, recordCalendarDifferences } from '@/lib/alerts/store';
import { isTradingDay } from '@/lib/domain/nyse-calendar';
import { fetchCalendar } from '@/lib/providers/alpaca/calendar';
import { type AlertHarness, openAlertHarness } from '../support/alert-harness';
import { account, SANDBOX_KEYS, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const desks: AlertHarness[] = [];
afterEach(() => Promise.all(desks.splice(0).map((alertHarness) => alertHarness.close())));

const PAST_DEADLINE = '2026-11-21T01:02:00Z';
const HALF_AN_HOUR_LATER = '2026-11-21T01:32:00Z';
const SATURDAY_NIGHT = '2026-11-22T01:02:00Z';

type CalendarOverrides = NonNullable<Parameters<typeof scenario>[0]>['calendar'];

async function open(calendar: CalendarOverrides = {}) {
  const accounts = [account({ openedOn: '2026-11-16' })];
  const harness = await harnesses.open(scenario({ accounts, ...(calendar && { calendar }) }));
  const alertHarness = await openAlertHarness(harness.stack);
  desks.push(alertHarness);
  await harness.tick(FRIDAY_NIGHT);
  harness.takeRequests();
  return { harness, alertHarness };
}

/** What every tick does with Alpaca's calendar. */
function compareAt({ stack, sandbox }: WorkerHarness, at: string, baseUrl = sandbox.url) {
  const keys = { keyId: SANDBOX_KEYS.clientId, secretKey: SANDBOX_KEYS.consumerKey };
  const options = { baseUrl, timeoutMs: 5_000, gate: { pass: async () => {} } };
  return checkCalendar(new Date(at), {
    claim: (today) => claimCalendarCheck(stack.admin, 'Alpaca', today),
    fetchSessions: (from, to) => fetchCalendar(keys, options, from, to),
    record: (differences) => recordCalendarDifferences(stack.admin, 'Alpaca', differences),
  });
}

function change({ sandbox: { state } }: WorkerHarness, calendar: CalendarOverrides): void {
  state.replaceScenario({ ...state.scenario, calendar } as typeof state.scenario);
}

it('calendars that agree alert nobody, and are compared once a day, by one of all who tick', async () => {
  const { harness, alertHarness } = await open();
  const all = await Promise.all([1, 2, 3].map(() => compareAt(harness, PAST_DEADLINE)));
  expect(all.filter((one) => one !== null)).toEqual([0]);
  expect(await compareAt(harness, HALF_AN_HOUR_LATER)).toBeNull();
  expect(harness.takeRequests()).toHaveLength(1);
  expect(await compareAt(harness, SATURDAY_NIGHT)).toBe(0);
  expect(harness.takeRequests()).toHaveLength(1);
  expect((await alertHarness.check(PAST_DEADLINE)).incidents).toEqual([]);
});

it('a closure that was announced, and another close, are told in words once each, and change nothing by themselves', async () => {
  const { harness, alertHarness } = await open({
    '2026-12-09': null,
    '2026-11-27': { open: '09:30', close: '16:00' },
  });
  const before = await harness.stack.sql`select * from trading_days order by date`;
  expect(await compareAt(harness, PAST_DEADLINE)).toBe(2);
  await alertHarness.check(PAST_DEADLINE);
  await alertHarness.check(HALF_AN_HOUR_LATER);
  expect(alertHarness.delivered()).toEqual([
    'Alert: Alpaca has another calendar for 2026-11-27',
    'Alert: Alpaca has another calendar for 2026-12-09',
  ]);
  const [early, closed] = alertHarness.bodies();
  expect(early).toContain(
    'Ours says: a session from 09:30 to 13:00 in New York. Alpaca says: a session from 09:30 to 16:00',
  );
  expect(closed).toContain('Alpaca says: no session. Nothing was changed');
  expect(await harness.stack.sql`select * from trading_days order by date`).toEqual(before);
  expect(isTradingDay('2026-12-09')).toBe(true);
});

it('it is over once they agree again, at the next comparison', async () => {
  const { harness, alertHarness } = await open({ '2026-12-09': null });
  await compareAt(harness, PAST_DEADLINE);
  await alertHarness.check(PAST_DEADLINE);
  change(harness, {});
  await compareAt(harness, SATURDAY_NIGHT);
  await alertHarness.check(SATURDAY_NIGHT);
  expect(alertHarness.delivered()).toEqual([
    'Alert: Alpaca has another calendar for 2026-12-09',
    'Resolved: Alpaca has another calendar for 2026-12-09',
  ]);
});

it('while there is no answer, what was known stays, and nobody asks again before the next day', async () => {
  const { harness, alertHarness } = await open({ '2026-12-09': null });
  await compareAt(harness, PAST_DEADLINE);
  const nobody = 'http://127.0.0.1:1';
  await expect(compareAt(harness, SATURDAY_NIGHT, nobody)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(await compareAt(harness, SATURDAY_NIGHT)).toBeNull();
  const { incidents } = await alertHarness.check(SATURDAY_NIGHT);
  expect(incidents).toEqual([{ kind: 'calendar_differs', key: 'calendar_differs:2026-12-09' }]);
});

it('a source that is asked no more keeps no alert of a day that is long past', async () => {
  const { harness, alertHarness } = await open({ '2026-11-27': null });
  await compareAt(harness, PAST_DEADLINE);
  await alertHarness.check(PAST_DEADLINE);
  const kinds = async (at: string) => (await alertHarness.check(at)).incidents.map(({ kind }) => kind);
  expect(await kinds('2026-12-04T12:00:00Z')).toContain('calendar_differs');
  expect(await kinds('2026-12-05T12:00:00Z')).not.toContain('calendar_differs');
});
