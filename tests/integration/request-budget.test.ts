import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const PER_MINUTE = 250;

beforeEach(async () => {
  await stack.sql`truncate granted_requests`;
  await stack.sql`update request_budgets set paused_until = null`;
});

async function take(count: number, provider = 'snaptrade'): Promise<{ granted: number; waitMs: number }> {
  const [row] = await stack.service<{ answer: { granted: number; waitMs: number } }[]>`
    select take_requests(${provider}, ${count}, ${PER_MINUTE}) as answer`;
  if (row === undefined) throw new Error('take_requests answered nothing');
  return row.answer;
}

const takeAtOnce = (takers: number, count: number) =>
  Promise.all(Array.from({ length: takers }, () => take(count)));
const sum = (answers: readonly { granted: number }[]) =>
  answers.reduce((total, one) => total + one.granted, 0);

/** Makes everything that was granted so far older, as if that time had passed. */
const letPass = (seconds: number) =>
  stack.sql`update granted_requests set granted_in = granted_in - make_interval(secs => ${seconds})`;

test('takers at the same instant together never get more than the limit, and all of it', async () => {
  const answers = await takeAtOnce(60, 7);
  expect(sum(answers)).toBe(PER_MINUTE);
  for (const { granted, waitMs } of answers) {
    if (granted === 0) expect(waitMs).toBeGreaterThan(50_000);
    else expect(waitMs).toBe(0);
  }
});

test('who asks for more than is left gets what is left', async () => {
  await take(240);
  expect(await take(20)).toEqual({ granted: 10, waitMs: 0 });
});

test('the limit holds in any sixty seconds, not from minute to minute', async () => {
  await take(200);
  await letPass(59);
  expect(sum(await takeAtOnce(10, 30))).toBe(50);
});

test('what was granted more than a minute ago is free again', async () => {
  await take(PER_MINUTE);
  await letPass(64);
  expect(sum(await takeAtOnce(10, 30))).toBe(PER_MINUTE);
});

test('a provider that said wait is asked by nobody', async () => {
  await stack.service`select pause_requests('snaptrade', 45000)`;
  const answers = await takeAtOnce(20, 1);
  expect(sum(answers)).toBe(0);
  for (const { waitMs } of answers) expect(waitMs).toBeGreaterThan(30_000);
});

test('a shorter wait does not end a longer one', async () => {
  await stack.service`select pause_requests('snaptrade', 45000)`;
  await stack.service`select pause_requests('snaptrade', 1)`;
  expect((await take(1)).waitMs).toBeGreaterThan(30_000);
});

test('one provider’s pause and budget are not another’s', async () => {
  await stack.service`select pause_requests('snaptrade', 45000)`;
  await take(PER_MINUTE, 'plaid');
  expect(await take(5, 'alpaca')).toEqual({ granted: 5, waitMs: 0 });
});

test('an unknown provider is an error, not a free pass', async () => {
  await expect(take(1, 'unheard-of')).rejects.toThrow();
});

test('people, the evening and a backfill that all want more than there is each get their part', async () => {
  const takeFor = async (share: string, count: number): Promise<number> => {
    const [row] = await stack.service<{ granted: number }[]>`
      select (take_requests('snaptrade', ${count}, ${PER_MINUTE}, ${share}) ->> 'granted')::int as granted`;
    return row?.granted ?? -1;
  };
  await stack.sql`truncate request_demands`;
  // Nobody else wants anything: the evening may have all but what is kept for people who come unannounced.
  expect(await takeFor('evening', 1000)).toBe(200);
  expect(await takeFor('people', 1000)).toBe(50);
  await letPass(63);

  // One person's flood leaves the evening, which asked a minute ago, what it wants.
  const flood = await takeFor('people', 1000);
  expect(flood).toBeLessThanOrEqual(100);
  expect(await takeFor('evening', 1000)).toBe(150);
  expect(await takeFor('backfill', 1000)).toBe(0);
  await letPass(63);

  // From now on all three are known to want some.
  expect(await takeFor('people', 1000)).toBe(50);
  expect(await takeFor('evening', 1000)).toBe(150);
  expect(await takeFor('backfill', 1000)).toBe(50);
});

test('a backfill alone leaves so much that an evening can begin beside it', async () => {
  await stack.sql`truncate request_demands`;
  const [row] = await stack.service<{ granted: number }[]>`
    select (take_requests('snaptrade', 1000, ${PER_MINUTE}, 'backfill') ->> 'granted')::int as granted`;
  expect(row?.granted).toBe(150);
});
