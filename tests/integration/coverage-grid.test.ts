import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY_CODES, readDay } from '@/lib/domain/coverage';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { readGrid, readRow, readTotals } from '../support/claims';
import { account, asked, ended, reconstructed, value } from '../support/fill-fixture';
import { forgetEverything } from '../support/linked-user';
import { linkPortfolio, type PortfolioParts } from '../support/populated-fixture';
import { linkReader } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(() => forgetEverything(stack));
afterAll(() => stack.close());

const WEEK = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const values = (...days: readonly string[]) => days.map((day) => value('account', day, '100'));

/** A user who has every day of the week but some. */
async function linkLacking(days: readonly string[], parts: PortfolioParts = {}, reason = 'unavailable') {
  const portfolio = await linkPortfolio(stack, parts);
  await portfolio.record({
    observations: values(...WEEK.filter((day) => !days.includes(day))),
    outcomes: days.map((day) => asked('account', day, { reason })),
  });
  return portfolio.userId;
}

describe('the squares of a user', () => {
  test('tell captured, reconstructed and estimated days apart', async () => {
    const { userId, record, connectAnother } = await linkPortfolio(stack);
    await connectAnother({ accounts: ['isa'], since: '2026-11-18' }).then((other) =>
      other.record({
        observations: [value('isa', '2026-11-18', '5')],
        outcomes: [asked('isa', '2026-11-19'), asked('isa', '2026-11-20')],
      }),
    );
    await record({
      observations: [
        ...values('2026-11-16', '2026-11-18', '2026-11-19', '2026-11-20'),
        reconstructed('account', '2026-11-17', '9'),
      ],
    });
    const row = await readRow(stack, userId);
    expect(row).toMatchObject({
      days: 'crcee',
      expected: 5,
      missing: 0,
      estimated: 2,
      email: `${userId}@example.com`,
    });
  });

  test('are empty before the first account, after the last one, and while the day is not due', async () => {
    const { userId, record } = await linkPortfolio(stack, { since: '2026-11-17' });
    await record({ observations: values('2026-11-17', '2026-11-18') });
    expect(await readRow(stack, userId, { due: '2026-11-19' })).toMatchObject({
      days: '.ccw-',
      expected: 3,
      missing: 1,
    });
    await record({ reconciled: [ended('account', '2026-11-19')] }, '2026-11-19T16:00:00Z');
    expect(await readRow(stack, userId)).toMatchObject({ days: '.cc__', expected: 2, missing: 0 });
  });

  test('are all before the link of somebody whose accounts are no assets', async () => {
    const { userId } = await linkPortfolio(stack, { accounts: [account('card', { category: 'credit' })] });
    expect(await readRow(stack, userId)).toMatchObject({ days: '.....', expected: 0, missing: 0 });
  });

  test.each([
    'held',
    'not_yet_due',
    'provider_cannot',
    'provider_had_nothing',
    'rate_limited',
    'unavailable',
    'gave_up',
  ] as const)('of a missing day say %s', async (reason) => {
    const userId = await linkLacking(['2026-11-18'], {}, reason);
    expect(await readRow(stack, userId)).toMatchObject({ days: `cc${DAY_CODES[reason]}cc`, missing: 1 });
  });

  test('of a missing day say that its source is switched off', async () => {
    const userId = await linkLacking(['2026-11-18'], {});
    await stack.sql`update brokerage_connections set status = 'paused' where user_id = ${userId}`;
    expect(await readRow(stack, userId)).toMatchObject({ days: `cc${DAY_CODES.source_off}cc`, missing: 1 });
  });

  test('of a missing day say that the connection is broken, and that an exchange rate is missing', async () => {
    const broken = await linkPortfolio(stack);
    await broken.record({ connection: { status: 'disabled', disabledSince: '2026-11-10T00:00:00Z' } });
    expect(await readRow(stack, broken.userId)).toMatchObject({ days: 'bbbbb', missing: 5 });

    const foreign = await linkPortfolio(stack, { accounts: [account('account', { currency: 'JPY' })] });
    await foreign.record({
      observations: WEEK.map((day) => value('account', day, '5', { currency: 'JPY' })),
    });
    expect(await readRow(stack, foreign.userId)).toMatchObject({ days: 'mmmmm', missing: 5 });
  });

  test('before the look-back of the provider cannot be had any more', async () => {
    const { userId } = await linkPortfolio(stack);
    expect(await readRow(stack, userId, { reach: '2026-11-18' })).toMatchObject({ days: 'xxwww' });
  });

  test('follow a day that is published, changed, withdrawn and removed', async () => {
    const { userId, record } = await linkPortfolio(stack);
    const days = async () => (await readRow(stack, userId))?.days;
    await record({ observations: [reconstructed('account', '2026-11-17', '1')] });
    expect(await days()).toBe('wrwww');
    await record({ observations: values('2026-11-17') });
    expect(await days()).toBe('wcwww');
    await stack.service`delete from user_portfolio_history where user_id = ${userId}`;
    // The account has its value, so what is missing is the total alone.
    expect(await days()).toBe('wmwww');
    await stack.service`select republish(${userId}, '2026-11-16', '2026-11-20', now())`;
    expect(await days()).toBe('wcwww');
  });

  test('of two years agree with what is counted again from the snapshots', async () => {
    const { userId, record } = await linkPortfolio(stack, { since: '2025-12-29' });
    const sessions = tradingSessions('2025-12-29', '2026-01-06').map(({ date }) => date);
    await record({ observations: values(...sessions) });
    const range = { from: '2025-12-29', to: '2026-01-07' };
    const before = await readRow(stack, userId, range);
    expect(before).toMatchObject({ days: 'ccccccw', expected: 7, missing: 1 });
    const texts = () => stack.sql`select * from coverage_years order by user_id, year`;
    const followed = await texts();
    await stack.service`select recount_coverage(null)`;
    expect(await texts()).toEqual(followed);
  });

  test('say of every day what the history of its user says', async () => {
    const reader = await linkReader(stack, { since: '2026-11-16' });
    const other = await reader.connectAnother({ accounts: ['isa'], since: '2026-11-18' });
    await reader.record({
      observations: values('2026-11-16', '2026-11-18'),
      outcomes: [asked('account', '2026-11-17', { reason: 'provider_had_nothing', final: true })],
    });
    await other.record({ connection: { status: 'disabled' } });
    const { points, gaps } = await reader.read();
    const told = new Map<string, string>(points.map(({ date, kind }) => [date, kind]));
    for (const gap of gaps)
      for (const { date } of tradingSessions(gap.from, gap.to)) told.set(date, gap.reason);
    const row = await readRow(stack, reader.userId);
    expect([...(row?.days ?? '')].map(readDay)).toEqual(WEEK.map((day) => told.get(day)));
  });
});

describe('filters', () => {
  test('let in users by an open gap’s reason, by provider, by institution and by both', async () => {
    const north = await linkLacking(['2026-11-18'], { institution: 'Northwind' });
    const held = await linkLacking(['2026-11-19'], { institution: 'Harbor' }, 'held');
    const whole = await linkLacking([], { institution: 'Harbor' });
    const ids = async (filter: Parameters<typeof readGrid>[1]) =>
      (await readGrid(stack, filter)).rows.map(({ userId }) => userId).toSorted();
    expect(await ids({ reason: 'held' })).toEqual([held]);
    expect(await ids({ institution: 'Harbor' })).toEqual([held, whole].toSorted());
    expect(await ids({ institution: 'Harbor', reason: 'unavailable' })).toEqual([]);
    expect(await ids({ institution: 'Northwind', reason: 'unavailable', provider: 'snaptrade' })).toEqual([
      north,
    ]);
    expect(await ids({ provider: 'plaid' })).toEqual([]);
    expect(await ids({ provider: 'snaptrade' })).toEqual([held, north, whole].toSorted());
    // The gap lies outside of this range.
    expect(await ids({ reason: 'held', to: '2026-11-18' })).toEqual([]);
  });

  test('find a gap that is carried over, whose day is estimated', async () => {
    const { userId, connectAnother, record } = await linkPortfolio(stack);
    const other = await connectAnother({ accounts: ['isa'], institution: 'Harbor' });
    await record({ observations: values(...WEEK) });
    await other.record({
      observations: [value('isa', '2026-11-16', '1')],
      outcomes: WEEK.slice(1).map((day) => asked('isa', day)),
    });
    const { rows } = await readGrid(stack, { reason: 'unavailable', institution: 'Harbor' });
    expect(rows).toMatchObject([{ userId, days: 'ceeee', missing: 0, estimated: 4 }]);
  });

  test('find users by part of their address or by their whole id', async () => {
    const one = await linkLacking([]);
    await linkLacking([]);
    await stack.sql`update auth.users set email = 'olivia_%@example.com' where id = ${one}`;
    for (const search of ['OLIVIA', 'ia_%@', one, one.toUpperCase()])
      expect((await readGrid(stack, { search })).rows.map(({ userId }) => userId)).toEqual([one]);
    expect((await readGrid(stack, { search: '%' })).rows).toHaveLength(1);
    expect((await readGrid(stack, { search: one.slice(0, 8).concat('-none') })).rows).toEqual([]);
  });
});

describe('the totals of the days', () => {
  test('count who is complete and who is estimated among those of whom the day is expected', async () => {
    await linkLacking(['2026-11-18']);
    const { record, connectAnother } = await linkPortfolio(stack, { since: '2026-11-17' });
    const other = await connectAnother({ accounts: ['isa'], since: '2026-11-18' });
    await other.record({
      observations: [value('isa', '2026-11-18', '5'), value('isa', '2026-11-20', '5')],
      outcomes: [asked('isa', '2026-11-19')],
    });
    await record({
      observations: [reconstructed('account', '2026-11-17', '9'), ...values('2026-11-18', '2026-11-19')],
      outcomes: [asked('account', '2026-11-20')],
    });
    const closed = await linkPortfolio(stack);
    await closed.record({ observations: values('2026-11-16') });
    await closed.record({ reconciled: [ended('account', '2026-11-17')] }, '2026-11-17T16:00:00Z');
    expect(await readTotals(stack)).toEqual([
      { date: '2026-11-16', expected: 2, complete: 2, estimated: 0 },
      { date: '2026-11-17', expected: 2, complete: 2, estimated: 0 },
      { date: '2026-11-18', expected: 2, complete: 1, estimated: 0 },
      { date: '2026-11-19', expected: 2, complete: 1, estimated: 1 },
      { date: '2026-11-20', expected: 2, complete: 1, estimated: 1 },
    ]);
  });

  test('are of all users that the filters let in, and of days that are due', async () => {
    await linkLacking(['2026-11-18'], { institution: 'Northwind' });
    await linkLacking([], { institution: 'Harbor' });
    const expected = async (parts: Parameters<typeof readTotals>[1]) =>
      (await readTotals(stack, parts)).map(({ complete, expected: of }) => `${complete}/${of}`);
    expect(await expected({})).toEqual(['2/2', '2/2', '1/2', '2/2', '2/2']);
    expect(await expected({ institution: 'Northwind' })).toEqual(['1/1', '1/1', '0/1', '1/1', '1/1']);
    expect(await expected({ reason: 'unavailable' })).toEqual(['1/1', '1/1', '0/1', '1/1', '1/1']);
    expect(await expected({ due: '2026-11-17' })).toEqual(['2/2', '2/2']);
    expect(await expected({ search: randomUUID() })).toEqual(['0/0', '0/0', '0/0', '0/0', '0/0']);
  });

  test('agree with the squares, over a turn of the year', async () => {
    const sessions = tradingSessions('2025-12-29', '2026-01-06').map(({ date }) => date);
    for (const since of ['2025-12-29', '2026-01-02']) {
      const { record } = await linkPortfolio(stack, { since });
      await record({
        observations: values(...sessions.filter((day) => day >= since && day !== '2026-01-05')),
      });
    }
    const range = { from: '2025-12-29', to: '2026-01-06' };
    const { rows } = await readGrid(stack, range);
    const counted = (codes: string, at: number) =>
      rows.filter(({ days }) => codes.includes(days[at] ?? ' ')).length;
    expect(await readTotals(stack, range)).toEqual(
      sessions.map((date, at) => ({
        date,
        expected: rows.length - counted('._-', at),
        complete: counted('cr', at),
        estimated: counted('e', at),
      })),
    );
  });
});

describe('pages', () => {
  const walk = async (parts: Parameters<typeof readGrid>[1], between = async () => {}) => {
    const seen: string[] = [];
    let after: Awaited<ReturnType<typeof readGrid>>['next'] = null;
    do {
      const page: Awaited<ReturnType<typeof readGrid>> = await readGrid(stack, { ...parts, limit: 2, after });
      seen.push(...page.rows.map(({ userId }) => userId));
      after = page.next;
      await between();
    } while (after !== null);
    return seen;
  };

  test('worst first are ordered by missing, then by estimated days, and hold everybody once', async () => {
    const lacking = [[], [], ['2026-11-18'], WEEK, ['2026-11-16', '2026-11-17']] as const;
    const ids: string[] = [];
    for (const days of lacking) ids.push(await linkLacking(days));
    const seen = await walk({});
    expect(seen.slice(0, 3)).toEqual([ids[3], ids[4], ids[2]]);
    expect(seen.slice(3).toSorted()).toEqual([ids[0], ids[1]].toSorted());
  });

  test('by address hold everybody once, also those with the same address', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.push(await linkLacking([]));
    await stack.sql`update auth.users set email = null where id in ${stack.sql(ids.slice(0, 3))}`;
    const seen = await walk({ sort: 'email' });
    expect(seen.slice(0, 3).toSorted()).toEqual(ids.slice(0, 3).toSorted());
    expect(seen).toHaveLength(5);
    expect(new Set(seen)).toEqual(new Set(ids));
  });

  test('repeat and skip nobody who does not change while others do', async () => {
    const steady: string[] = [];
    for (const days of [WEEK, ['2026-11-18', '2026-11-19'], ['2026-11-18'], []])
      steady.push(await linkLacking(days));
    const changing = await linkPortfolio(stack);
    let filled = 0;
    const seen = await walk({}, async () => {
      filled += 1;
      await changing.record({ observations: values(...WEEK.slice(0, filled)) });
      await linkLacking(['2026-11-20']);
      if (filled > 4)
        await stack.sql`delete from auth.users where id <> all (${[...steady, changing.userId]})`;
    });
    expect(seen.filter((id) => steady.includes(id))).toEqual(steady);
  });

  test('of nobody are empty', async () => {
    expect(await readGrid(stack, { search: randomUUID() })).toEqual({ rows: [], next: null });
  });
});
