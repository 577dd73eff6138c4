import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { countUndeliveredAlerts } from '@/lib/alerts/store';
import { ALERT_SECRET, type AlertHarness, openAlertHarness, REFUSE, TAKE } from '../support/alert-harness';
import { CREDENTIALS_KEY } from '../support/linked-user';
import { account, connection, SANDBOX_KEYS, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const desks: AlertHarness[] = [];
afterEach(() => Promise.all(desks.splice(0).map((alertHarness) => alertHarness.close())));

/** Friday's deadline, 20:00 in New York, has passed. */
const PAST_DEADLINE = '2026-11-21T01:02:00Z';
const LATER = '2026-11-21T01:13:00Z';

async function open(
  parts: Parameters<typeof scenario>[0] = {},
): Promise<{ harness: WorkerHarness; alertHarness: AlertHarness }> {
  const opened = scenario({ accounts: [account({ openedOn: '2026-11-16' })], ...parts });
  const harness = await harnesses.open(opened);
  const alertHarness = await openAlertHarness(harness.stack);
  desks.push(alertHarness);
  return { harness, alertHarness };
}

/** A scheduled run on record, without the work. */
function addRun({ stack }: WorkerHarness, run: { at: string; status: string; tradingDay?: string }) {
  const { at, status, tradingDay = '2026-11-20' } = run;
  return stack.sql`
    insert into runs (id, trigger, trading_day, status, started_at, alive_at, finished_at)
    values (${randomUUID()}, 'cron', ${tradingDay}, ${status}, ${at}, ${at}, ${status === 'running' ? null : at})`;
}

/** An incident that lasts until the next run. */
async function openWithFailure(): Promise<{ harness: WorkerHarness; alertHarness: AlertHarness }> {
  const { harness, alertHarness } = await open();
  await harness.tick(FRIDAY_NIGHT);
  await addRun(harness, { at: '2026-11-21T01:00:00Z', status: 'failed' });
  return { harness, alertHarness };
}
const mend = (harness: WorkerHarness) => addRun(harness, { at: '2026-11-21T01:05:00Z', status: 'complete' });

describe('somebody is told of', () => {
  it('nothing when all is well', async () => {
    const { harness, alertHarness } = await open();
    await harness.tick(FRIDAY_NIGHT);

    expect(await alertHarness.check(PAST_DEADLINE)).toEqual({
      incidents: [],
      delivered: 0,
      receiverFailed: false,
    });
    expect(alertHarness.delivered()).toEqual([]);
  });

  it('a run that failed, and that one has finished again', async () => {
    const { harness, alertHarness } = await openWithFailure();
    await addRun(harness, { at: '2026-11-21T01:01:00Z', status: 'abandoned' });

    await alertHarness.check(PAST_DEADLINE);
    await mend(harness);
    await alertHarness.check(LATER);

    expect(alertHarness.delivered()).toEqual([
      'Alert: 2 capture runs in a row failed',
      'Resolved: 2 capture runs in a row failed',
    ]);
  });

  it('a run whose process died, before another run finds it dead', async () => {
    const { harness, alertHarness } = await open();
    await harness.tick(FRIDAY_NIGHT);
    await addRun(harness, { at: '2026-11-21T00:40:00Z', status: 'running' });

    await alertHarness.check('2026-11-21T00:54:00Z');
    expect(alertHarness.delivered()).toEqual([]);
    await alertHarness.check('2026-11-21T00:56:00Z');
    expect(alertHarness.delivered()).toEqual(['Alert: A capture run failed']);
  });

  it('no run at all and a day that is not there, and of the end of both', async () => {
    const { harness, alertHarness } = await open();
    await harness.tick('2026-11-19T22:30:00Z');

    await alertHarness.check('2026-11-21T00:58:00Z');
    expect(alertHarness.delivered()).toEqual([]);
    await alertHarness.check(PAST_DEADLINE);
    await harness.tick('2026-11-21T01:04:00Z');
    await alertHarness.check(LATER);

    expect(alertHarness.delivered().toSorted()).toEqual([
      'Alert: Coverage of 2026-11-20 is below its target',
      'Alert: No capture has run for 2026-11-20',
      'Resolved: Coverage of 2026-11-20 is below its target',
      'Resolved: No capture has run for 2026-11-20',
    ]);
  });

  it('a day that is still missing when the next one is due: it stays one incident, told once', async () => {
    const { harness, alertHarness } = await open({
      accounts: [account({ openedOn: '2026-11-16', historyEnabled: false })],
    });
    await harness.tick('2026-11-19T22:30:00Z');
    harness.addFault({ type: 'status', status: 503 });
    await harness.tick(FRIDAY_NIGHT);
    await alertHarness.check(PAST_DEADLINE);
    harness.endFaults();
    await harness.tick('2026-11-23T22:30:00Z');

    await alertHarness.check('2026-11-24T01:02:00Z');

    expect(alertHarness.delivered()).toEqual(['Alert: Coverage of 2026-11-20 is below its target']);
  });

  it('a held value that waits, until there is a verdict', async () => {
    const { harness, alertHarness } = await open({
      accounts: [account({ openedOn: '2026-11-16', historyEnabled: false })],
    });
    await harness.tick('2026-11-19T22:30:00Z');
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);

    await alertHarness.check('2026-11-20T22:35:00Z');
    await harness.stack.sql`update account_values set verdict = 'rejected' where verdict = 'held'`;
    await alertHarness.check('2026-11-20T22:50:00Z');

    expect(alertHarness.delivered()).toEqual([
      'Alert: 1 held value waiting for a verdict',
      'Resolved: 1 held value waiting for a verdict',
    ]);
  });

  it('a connection that broke, by its brokerage, until it works again', async () => {
    const { harness, alertHarness } = await open({
      connection: { disabledSince: '2026-11-19T17:00:00Z', institution: { name: 'Harbor', slug: 'HARBOR' } },
    });
    await harness.tick(FRIDAY_NIGHT);

    await alertHarness.check('2026-11-20T22:35:00Z');
    harness.changeConnection('connection-1', { disabledSince: null });
    await harness.tick('2026-11-21T04:35:00Z');
    await alertHarness.check('2026-11-21T04:50:00Z');

    expect(alertHarness.delivered()).toEqual([
      'Alert: 1 connection broke on 2026-11-19',
      'Resolved: 1 connection broke on 2026-11-19',
    ]);
    expect(alertHarness.bodies()[0]).toContain('(Harbor 1)');
  });

  it('a brokerage that fails for many, until it has answered for a while', async () => {
    const customer = (userId: string) =>
      user({
        userId,
        connections: [
          connection({
            id: `of-${userId}`,
            institution: { name: 'Harbor', slug: 'HARBOR' },
            accounts: [account({ id: `at-${userId}`, openedOn: '2026-11-16' })],
          }),
        ],
      });
    const { harness, alertHarness } = await open({ users: ['anna', 'bert', 'cleo'].map(customer) });
    await harness.tick('2026-11-19T22:30:00Z');
    harness.addFault({ type: 'status', status: 503 });
    await harness.tick(FRIDAY_NIGHT);

    await alertHarness.check('2026-11-20T22:35:00Z');
    harness.endFaults();
    await harness.tick('2026-11-20T23:59:00Z');
    await alertHarness.check('2026-11-21T00:00:00Z');
    expect(alertHarness.delivered()).toEqual(['Alert: Harbor fails for many users']);
    await alertHarness.check('2026-11-21T00:06:00Z');

    expect(alertHarness.delivered()).toEqual([
      'Alert: Harbor fails for many users',
      'Resolved: Harbor fails for many users',
    ]);
    expect(alertHarness.bodies()[0]).toContain(
      '3 connections of 3 users through snaptrade since 2026-11-20: unavailable',
    );
  });

  it('a provider that refuses our keys', async () => {
    const { harness, alertHarness } = await open();
    harness.addFault({ type: 'status', status: 401, code: '1076' });
    await harness.tick(FRIDAY_NIGHT);

    await alertHarness.check('2026-11-20T22:35:00Z');
    harness.endFaults();
    await harness.tick('2026-11-20T23:59:00Z');
    await alertHarness.check('2026-11-21T00:00:00Z');

    expect(alertHarness.delivered()).toEqual([
      'Alert: snaptrade refuses our keys',
      'Resolved: snaptrade refuses our keys',
    ]);
  });
});

describe('one message for each incident and state', () => {
  it('is sent however often and by however many at once it is looked at', async () => {
    const { harness, alertHarness } = await openWithFailure();

    await Promise.all(Array.from({ length: 6 }, () => alertHarness.check(PAST_DEADLINE)));
    await alertHarness.check('2026-11-21T01:03:00Z');
    expect(alertHarness.delivered()).toEqual(['Alert: A capture run failed']);

    await mend(harness);
    await Promise.all(Array.from({ length: 6 }, () => alertHarness.check(LATER)));
    await alertHarness.check('2026-11-21T01:30:00Z');
    expect(alertHarness.delivered()).toEqual([
      'Alert: A capture run failed',
      'Resolved: A capture run failed',
    ]);
  });

  it('is all there is of an incident that comes and goes between two looks', async () => {
    const { harness, alertHarness } = await openWithFailure();
    await alertHarness.check(PAST_DEADLINE);
    await mend(harness);
    await alertHarness.check('2026-11-21T01:06:00Z');
    await addRun(harness, { at: '2026-11-21T01:07:00Z', status: 'failed' });
    await alertHarness.check('2026-11-21T01:08:00Z');

    expect(alertHarness.delivered()).toEqual(['Alert: A capture run failed']);
  });

  it('is followed by another when the same thing happens anew', async () => {
    const { harness, alertHarness } = await openWithFailure();
    await alertHarness.check(PAST_DEADLINE);
    await mend(harness);
    await alertHarness.check(LATER);
    await addRun(harness, { at: '2026-11-21T02:00:00Z', status: 'failed' });
    await alertHarness.check('2026-11-21T02:01:00Z');

    expect(alertHarness.delivered()).toEqual([
      'Alert: A capture run failed',
      'Resolved: A capture run failed',
      'Alert: A capture run failed',
    ]);
  });
});

describe('a receiver', () => {
  it('that was down gets everything it missed, beginning before end, and only once', async () => {
    const { harness, alertHarness } = await openWithFailure();
    alertHarness.answer = REFUSE;
    expect(await alertHarness.check(PAST_DEADLINE)).toMatchObject({ delivered: 0, receiverFailed: true });
    await mend(harness);
    expect(await alertHarness.check(LATER)).toMatchObject({ delivered: 0, receiverFailed: true });
    const refused = alertHarness.bodies().length;

    alertHarness.answer = TAKE;
    expect(await alertHarness.check('2026-11-21T01:28:00Z')).toMatchObject({
      delivered: 2,
      receiverFailed: false,
    });
    await alertHarness.check('2026-11-21T01:43:00Z');

    expect(alertHarness.delivered().slice(refused)).toEqual([
      'Alert: A capture run failed',
      'Resolved: A capture run failed',
    ]);
  });

  it('that is down is left alone for a while, longer each time', async () => {
    const { harness, alertHarness } = await openWithFailure();
    alertHarness.answer = REFUSE;
    const waits: number[] = [];
    let now = Date.parse(PAST_DEADLINE);
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      await alertHarness.check(new Date(now).toISOString());
      await alertHarness.check(new Date(now + 1_000).toISOString());
      const [row] = await harness.stack.sql<{ attempts: number; next: Date }[]>`
        select attempts, next_attempt_at as next from alert_deliveries`;
      expect(row?.attempts).toBe(attempt);
      waits.push((Number(row?.next) - now) / 60_000);
      now = Number(row?.next);
    }
    expect(alertHarness.bodies()).toHaveLength(8);
    expect(waits).toEqual([0.75, 1.5, 3, 6, 12, 24, 45, 45]);
  });

  it('that takes one message and not the next gets the next later', async () => {
    const { harness, alertHarness } = await open();
    await harness.tick('2026-11-19T22:30:00Z');
    const answers = [TAKE, REFUSE];
    alertHarness.answer = () => (answers.shift() ?? TAKE)();

    expect(await alertHarness.check(PAST_DEADLINE)).toMatchObject({ delivered: 1, receiverFailed: true });
    expect(await alertHarness.check('2026-11-21T01:04:00Z')).toMatchObject({
      delivered: 1,
      receiverFailed: false,
    });
    const [first, second, again] = alertHarness.delivered();
    expect(again).toBe(second);
    expect(first).not.toBe(second);
  });

  it('that is too slow does not hold the tick, and is asked again', async () => {
    const { alertHarness } = await openWithFailure();
    alertHarness.answer = async () => {
      await sleep(5_000, null, { ref: false });
      return new Response('ok');
    };
    expect(await alertHarness.check(PAST_DEADLINE, { timeoutMs: 100 })).toMatchObject({
      receiverFailed: true,
    });

    alertHarness.answer = TAKE;
    expect(await alertHarness.check('2026-11-21T01:04:00Z')).toMatchObject({ delivered: 1 });
  });

  it('gets a message whose sender died as soon as its lease is over', async () => {
    const { harness, alertHarness } = await openWithFailure();
    await alertHarness.check(PAST_DEADLINE, { silent: true });
    await harness.stack.service`
      select settle_alerts('[{"key": "run_failed", "kind": "run_failed", "facts": {"runs": 1, "since": "2026-11-21T01:00:00Z"}, "quietSeconds": 600}]', true, ${PAST_DEADLINE})`;
    await harness.stack.service`select claim_alert_delivery(60, ${PAST_DEADLINE})`;

    expect(await alertHarness.check('2026-11-21T01:02:30Z')).toMatchObject({ delivered: 0 });
    expect(await alertHarness.check('2026-11-21T01:03:00Z')).toMatchObject({ delivered: 1 });
  });

  it('that is configured only now is told of what is wrong still, and not of what is over', async () => {
    const { harness, alertHarness } = await openWithFailure();
    await alertHarness.check(PAST_DEADLINE, { silent: true });
    await mend(harness);
    await alertHarness.check(LATER, { silent: true });
    await addRun(harness, { at: '2026-11-21T02:00:00Z', status: 'failed' });
    await alertHarness.check('2026-11-21T02:01:00Z', { silent: true });

    await alertHarness.check('2026-11-21T02:04:00Z');

    expect(alertHarness.delivered()).toEqual(['Alert: A capture run failed']);
  });

  it('that has owed a message for a while shows in the count that health warns of', async () => {
    const { harness, alertHarness } = await openWithFailure();
    alertHarness.answer = REFUSE;
    await alertHarness.check(PAST_DEADLINE);
    const count = (pendingSince: string) =>
      countUndeliveredAlerts(harness.stack.admin, new Date(pendingSince));

    expect(await count(PAST_DEADLINE)).toBe(0);
    expect(await count('2026-11-21T01:02:01Z')).toBe(1);
    alertHarness.answer = TAKE;
    await alertHarness.check('2026-11-21T01:04:00Z');
    expect(await count('2026-11-21T02:00:00Z')).toBe(0);
  });
});

it('no message holds a value, an email or a secret', async () => {
  const { harness, alertHarness } = await open({
    users: [
      user({
        userSecret: 'user-secret-7f3a9c',
        connections: [
          connection({ accounts: [account({ openedOn: '2026-11-16', historyEnabled: false })] }),
          connection({
            id: 'broken',
            disabledSince: '2026-11-19T17:00:00Z',
            accounts: [account({ id: 'broken', openedOn: '2026-11-16' })],
          }),
        ],
      }),
    ],
  });
  await harness.tick('2026-11-19T22:30:00Z');
  harness.addFault({ type: 'zero_total' }, { match: { connectionId: 'connection-1' } });
  await harness.tick(FRIDAY_NIGHT);
  await addRun(harness, { at: '2026-11-21T01:00:00Z', status: 'failed' });

  await alertHarness.check(PAST_DEADLINE);

  expect(alertHarness.delivered()).toHaveLength(4);
  const secrets = [
    ...Object.values(SANDBOX_KEYS),
    CREDENTIALS_KEY,
    ALERT_SECRET,
    'user-secret',
    harness.userId(),
  ];
  const said = alertHarness.bodies().join('\n');
  expect([...secrets, '10000', '@', 'Roth'].filter((secret) => said.includes(secret))).toEqual([]);
});
