import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, markDue } from '../support/claims';
import { account, asked, ended, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const WEEK = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const whole = (...days: readonly string[]) => ({
  observations: days.map((day) => value('account', day, '100')),
});
const LATER = '2026-11-20T22:30:00Z';
const SOONER = '2026-11-20T22:29:59Z';

describe('what is due follows from what is missing', () => {
  test('a fully covered connection has no work', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record(whole(...WEEK));
    expect(await markDue(stack, { userId })).toBe(0);
    expect(await markDue(stack, { userId, asked: true })).toBe(0);
  });

  test.each(WEEK)('a hole on %s is work', async (hole) => {
    const { userId, record } = await linkPortfolio(stack);
    await record(whole(...WEEK.filter((day) => day !== hole)));
    expect(await markDue(stack, { userId })).toBe(1);
    expect((await claim(stack, { userId }))[0]?.accounts[0]?.missing).toEqual([hole]);
  });

  test('a hole outside the days in question is left for another time', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record(whole(...WEEK.slice(1)));
    expect(await markDue(stack, { userId, from: '2026-11-17' })).toBe(0);
  });

  test('days before an account was known and since it was closed are no holes', async () => {
    const { userId, record } = await linkPortfolio(stack, { since: '2026-11-18' });
    await record(whole('2026-11-18', '2026-11-19'));
    await record({ reconciled: [ended('account', '2026-11-20')] }, '2026-11-20T20:00:00Z');
    expect(await markDue(stack, { userId, from: '2026-11-02' })).toBe(0);
  });

  test('a held value leaves its day missing', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record(whole(...WEEK.slice(0, 4)));
    await record({
      observations: [value('account', '2026-11-20', '0', { verdict: 'held', reason: 'unexplained_zero' })],
    });
    expect(await markDue(stack, { userId })).toBe(1);
  });

  test('a connection without accounts, and an account whose history was never asked for, are work', async () => {
    const empty = await linkPortfolio(stack, { accounts: [] });
    expect(await markDue(stack, { userId: empty.userId })).toBe(1);
    const { userId, record } = await linkPortfolio(stack, {
      accounts: [account('account', { historyAsked: false })],
    });
    await record(whole(...WEEK));
    expect(await markDue(stack, { userId })).toBe(1);
  });

  test('accounts that are not counted are no work', async () => {
    const { userId } = await linkPortfolio(stack, {
      accounts: [
        account('card', { category: 'credit', historyAsked: false }),
        account('play', { isPaper: true }),
      ],
    });
    expect(await markDue(stack, { userId })).toBe(0);
  });

  test('a removed connection is never work', async () => {
    const { userId, connectionId } = await linkPortfolio(stack);
    await stack.service`update brokerage_connections set status = 'removed' where id = ${connectionId}`;
    expect(await markDue(stack, { userId, asked: true })).toBe(0);
  });

  test('one user’s request marks nobody else’s connections', async () => {
    const mine = await linkPortfolio(stack);
    const theirs = await linkPortfolio(stack);
    expect(await markDue(stack, { userId: mine.userId })).toBe(1);
    expect(await claim(stack, { userId: theirs.userId })).toEqual([]);
  });
});

describe('back-off', () => {
  test('a connection that failed is left alone until its time has come', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({ connection: { retryAt: LATER, attempts: 1, errorCode: 'unavailable', succeeded: false } });
    expect(await markDue(stack, { userId, now: SOONER })).toBe(0);
    expect(await markDue(stack, { userId, now: LATER })).toBe(1);
  });

  test('a day asked in vain is asked again at its planned time and not before', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({
      ...whole(...WEEK.slice(0, 4)),
      outcomes: [asked('account', '2026-11-20', { nextAttemptAt: LATER })],
    });
    expect(await markDue(stack, { userId, now: SOONER })).toBe(0);
    expect(await markDue(stack, { userId, now: LATER })).toBe(1);
    expect((await claim(stack, { userId, now: LATER }))[0]?.accounts[0]?.missing).toEqual(['2026-11-20']);
  });

  test('somebody who waits for the answer overrides back-off and planned times, once a minute', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({
      ...whole(...WEEK.slice(0, 4)),
      connection: { retryAt: LATER, attempts: 1, succeeded: false },
      outcomes: [asked('account', '2026-11-20', { nextAttemptAt: LATER })],
    });
    const patient = { userId, asked: true, now: '2026-11-20T22:01:00Z' };
    expect(await markDue(stack, { ...patient, now: '2026-11-20T22:00:59Z' })).toBe(0);
    expect(await markDue(stack, patient)).toBe(1);
    expect((await claim(stack, patient))[0]?.accounts[0]?.missing).toEqual(['2026-11-20']);
  });

  test('nobody overrides a final reason', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({
      ...whole(...WEEK.slice(0, 4)),
      outcomes: [asked('account', '2026-11-20', { reason: 'provider_cannot', final: true })],
    });
    expect(await markDue(stack, { userId, asked: true, now: '2026-12-20T22:00:00Z' })).toBe(0);
  });

  test('a final reason with a planned look is looked at again then', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({
      ...whole(...WEEK.slice(0, 4)),
      outcomes: [
        asked('account', '2026-11-20', { reason: 'provider_cannot', final: true, nextAttemptAt: LATER }),
      ],
    });
    expect(await markDue(stack, { userId, asked: true, now: SOONER })).toBe(0);
    expect(await markDue(stack, { userId, now: LATER })).toBe(1);
    expect((await claim(stack, { userId, now: LATER }))[0]?.accounts[0]?.missing).toEqual(['2026-11-20']);
  });

  test('a day asked in vain as often as it may be is final', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record(whole(...WEEK.slice(0, 4)));
    const readOutcome = () => stack.sql`select attempts, final from fill_outcomes where user_id = ${userId}`;
    for (const expected of [
      { attempts: 1, final: false },
      { attempts: 2, final: false },
      { attempts: 3, final: true },
    ]) {
      await record({ outcomes: [asked('account', '2026-11-20', { attemptsMax: 3, nextAttemptAt: LATER })] });
      expect(await readOutcome()).toEqual([expected]);
    }
    expect(await markDue(stack, { userId, asked: true, now: LATER })).toBe(0);
  });

  test('attempts count per reason: hours of an unreachable provider do not use up the asking for a day', async () => {
    const { userId, record } = await linkPortfolio(stack);
    for (let hour = 0; hour < 5; hour += 1) await record({ outcomes: [asked('account', '2026-11-20')] });
    await record({
      outcomes: [asked('account', '2026-11-20', { reason: 'provider_had_nothing', attemptsMax: 5 })],
    });
    const [outcome] =
      await stack.sql`select reason, attempts, final from fill_outcomes where user_id = ${userId}`;
    expect(outcome).toEqual({ reason: 'provider_had_nothing', attempts: 1, final: false });
  });

  test('a value that arrives for a final day is taken all the same', async () => {
    const { userId, record } = await linkPortfolio(stack);
    await record({ outcomes: WEEK.map((day) => asked('account', day, { reason: 'gave_up', final: true })) });
    await record(whole(...WEEK));
    const [row] =
      await stack.sql`select count(*)::int as days from user_portfolio_history where user_id = ${userId}`;
    expect(row).toEqual({ days: 5 });
  });
});
