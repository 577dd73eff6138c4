import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { readIncidents } from '@/lib/coverage/read';
import {
  readCaptureProgress,
  readCoverageGaps,
  readCoverageTrend,
  readInstitutionFailures,
} from '@/lib/coverage/store';
import { toDate } from '@/lib/domain/trading-date';
import { readCaptureHealth, readCaptureOfAll } from '@/lib/operations/store';
import { asked, ended, reconstructed, value } from '../support/fill-fixture';
import { forgetEverything } from '../support/linked-user';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(() => forgetEverything(stack));
afterAll(() => stack.close());

const FRIDAY = toDate('2026-11-20');
const REACH = toDate('2025-11-20');
const WEEK = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const values = (name: string, ...days: readonly string[]) => days.map((day) => value(name, day, '100'));
const promise = { target: 0.995, deadline: '20:00' };

const gaps = async (from = WEEK[0] ?? '') =>
  (await readCoverageGaps(stack.admin, { from: toDate(from), to: FRIDAY, reach: REACH })).map(
    ({ by, reason, provider, institution, days, finalDays, users }) =>
      `${by} ${reason ?? institution ?? provider}: ${days} days (${finalDays} final), ${users} users`,
  );

test('the trend counts users by day: expected ones, and those that stand by kind', async () => {
  const one = await linkPortfolio(stack);
  await one.record({
    observations: [
      ...values('account', '2026-11-16', '2026-11-18'),
      reconstructed('account', '2026-11-17', '9'),
    ],
  });
  const two = await linkPortfolio(stack, { accounts: ['a', 'b'], since: '2026-11-17' });
  await two.record({
    observations: [...values('a', '2026-11-17', '2026-11-18'), ...values('b', '2026-11-17')],
    outcomes: [asked('b', '2026-11-18')],
  });
  const three = await linkPortfolio(stack);
  await three.record({ reconciled: [ended('account', '2026-11-18')] }, '2026-11-18T16:00:00Z');

  const trend = await readCoverageTrend(stack.admin, toDate('2026-11-14'), toDate('2026-11-18'));
  expect(trend).toEqual([
    { date: '2026-11-16', expected: 2, captured: 1, reconstructed: 0, estimated: 0 },
    { date: '2026-11-17', expected: 3, captured: 1, reconstructed: 1, estimated: 0 },
    { date: '2026-11-18', expected: 2, captured: 1, reconstructed: 0, estimated: 1 },
  ]);
});

test('open gaps are counted by reason, by provider and by brokerage, most days first', async () => {
  const one = await linkPortfolio(stack, { institution: 'Northwind' });
  await one.record({
    observations: values('account', '2026-11-16', '2026-11-17'),
    outcomes: [asked('account', '2026-11-18', { reason: 'provider_had_nothing', final: true })],
  });
  const other = await one.connectAnother({ accounts: ['isa'], institution: 'Harbor' });
  await other.record({
    observations: values('isa', ...WEEK.slice(1)),
    outcomes: [asked('isa', '2026-11-16')],
  });
  const two = await linkPortfolio(stack, { institution: 'Harbor' });
  await two.record({ observations: values('account', ...WEEK) });

  expect(await gaps()).toEqual([
    'institution Northwind: 3 days (1 final), 1 users',
    'institution Harbor: 1 days (0 final), 1 users',
    'provider snaptrade: 4 days (1 final), 1 users',
    'reason not_yet_due: 2 days (0 final), 1 users',
    'reason provider_had_nothing: 1 days (1 final), 1 users',
    'reason unavailable: 1 days (0 final), 1 users',
  ]);
  expect(await gaps('2026-11-19')).toEqual([
    'institution Northwind: 2 days (0 final), 1 users',
    'provider snaptrade: 2 days (0 final), 1 users',
    'reason not_yet_due: 2 days (0 final), 1 users',
  ]);
});

test('open gaps agree over several months with the function that decides what is missing', async () => {
  const { record } = await linkPortfolio(stack, { since: '2025-12-30' });
  await record({
    observations: values('account', '2025-12-30', '2026-01-02', '2026-02-03', '2026-11-19'),
    outcomes: [asked('account', '2026-01-05'), asked('account', '2026-06-01', { reason: 'held' })],
  });
  const [row] = await stack.service<{ days: number }[]>`
    select count(*)::integer as days from missing_account_days(null, '2025-12-01', '2026-11-20')`;
  const read = await readCoverageGaps(stack.admin, { from: toDate('2025-12-01'), to: FRIDAY, reach: REACH });
  const days = (by: string) =>
    read.filter((group) => group.by === by).reduce((sum, group) => sum + group.days, 0);
  expect(row?.days).toBeGreaterThan(200);
  expect([days('reason'), days('provider'), days('institution')]).toEqual([row?.days, row?.days, row?.days]);
});

test('a brokerage that fails for many users is one incident, and ends when its values arrive', async () => {
  const users = [];
  for (let count = 0; count < 4; count += 1) {
    const user = await linkPortfolio(stack, { institution: 'Harbor' });
    await user.record({ observations: values('account', ...WEEK.slice(0, 3)) });
    if (count > 0) await user.record({ outcomes: WEEK.slice(3).map((day) => asked('account', day)) });
    users.push(user);
  }
  await users[0]?.record({ observations: values('account', ...WEEK.slice(3)) });
  const fine = await linkPortfolio(stack, { institution: 'Northwind' });
  await fine.record({ observations: values('account', ...WEEK) });

  expect(await readInstitutionFailures(stack.admin, FRIDAY, REACH)).toEqual([
    {
      provider: 'snaptrade',
      institution: 'Harbor',
      users: 4,
      connections: 4,
      failures: [{ reason: 'unavailable', users: 3, connections: 3, since: '2026-11-19' }],
    },
    { provider: 'snaptrade', institution: 'Northwind', users: 1, connections: 1, failures: [] },
  ]);
  const incidents = () => readIncidents(stack.admin, promise, new Date('2026-11-20T22:00:00Z'));
  expect((await incidents()).map(({ key }) => key)).toEqual(['snaptrade/Harbor/unavailable']);
  for (const user of users.slice(1)) await user.record({ observations: values('account', '2026-11-20') });
  expect(await incidents()).toEqual([]);
});

test('a day that nobody has asked for yet is no incident before the deadline and one after it', async () => {
  for (let count = 0; count < 3; count += 1) {
    const user = await linkPortfolio(stack);
    await user.record({ observations: values('account', ...WEEK.slice(0, 4)) });
  }
  const at = async (now: string) =>
    (await readIncidents(stack.admin, promise, new Date(now))).map(({ key }) => key);
  expect(await at('2026-11-21T00:59:00Z')).toEqual([]);
  expect(await at('2026-11-21T01:00:00Z')).toEqual(['snaptrade/Broker/not_yet_due']);
});

test('the progress of a capture counts who was read since it started and whose turn has come', async () => {
  const read = () => readCaptureProgress(stack.admin, new Date('2026-11-20T22:00:00Z'));
  expect(await read()).toEqual({ startedAt: null, answered: 0, waiting: 0 });
  await stack.service`select open_run(gen_random_uuid(), 'cron', '2026-11-20', null, '2026-11-20T21:50:00Z', 900)`;
  await stack.service`select open_run(gen_random_uuid(), 'user', '2026-11-20', null, '2026-11-20T21:40:00Z', 900)`;
  const early = await linkPortfolio(stack);
  await early.record({ observations: values('account', '2026-11-20') }, '2026-11-20T21:45:00Z');
  const answered = await linkPortfolio(stack);
  await answered.record({ observations: values('account', '2026-11-20') }, '2026-11-20T21:55:00Z');
  await linkPortfolio(stack, { dueAt: '2026-11-20T21:50:00Z', accounts: [] });
  const later = await linkPortfolio(stack, { dueAt: '2026-11-20T21:50:00Z', accounts: [] });
  await stack.service`update brokerage_connections set retry_at = '2026-11-20T22:30:00Z' where id = ${later.connectionId}`;
  expect(await read()).toEqual({ startedAt: '2026-11-20T21:50:00.000Z', answered: 1, waiting: 1 });
});

test('a day is told twice: without accounts behind broken connections, and with all of them', async () => {
  const working = await linkPortfolio(stack, { accounts: ['one', 'two'] });
  await working.record({ observations: values('one', '2026-11-20') });
  const broken = await linkPortfolio(stack);
  await broken.record({ connection: { status: 'disabled', succeeded: false } });
  expect(await readCaptureHealth(stack.admin, FRIDAY)).toMatchObject({ expected: 2, present: 1 });
  expect(await readCaptureOfAll(stack.admin, FRIDAY)).toEqual({ expected: 3, present: 1 });
});
