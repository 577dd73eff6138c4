import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readHeldValues, readHeldWaiting } from '@/lib/coverage/store';
import { reconstructed, value } from '../support/fill-fixture';
import { forgetEverything } from '../support/linked-user';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterEach(() => forgetEverything(stack));
afterAll(() => stack.close());

const at = (day: string): string => `2026-11-${day}T22:00:00Z`;
const said = (day: string, total: string) => ({ observations: [value('account', `2026-11-${day}`, total)] });
const doubted = (day: string, total: string, reason = 'unexplained_swing') => ({
  observations: [value('account', `2026-11-${day}`, total, { verdict: 'held', reason })],
});

const list = async (beforeId: number | null = null, limit = 10) =>
  readHeldValues(stack.admin, { beforeId, limit });
const listLines = async (): Promise<readonly string[]> =>
  (await list()).map(({ date, refutedBy }) =>
    refutedBy === null ? date : `${date} refuted by ${refutedBy.date} ${refutedBy.total}`,
  );

test('a held value is refuted by the first later capture that is ordinary beside the value before', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  expect(await listLines()).toEqual(['2026-11-17']);
  expect(await readHeldWaiting(stack.admin)).toEqual({ count: 1, oldest: '2026-11-17T22:00:00.000Z' });

  await record(said('18', '104'), at('18'));
  await record(said('19', '105'), at('19'));

  expect(await listLines()).toEqual(['2026-11-17 refuted by 2026-11-18 104']);
  expect(await readHeldWaiting(stack.admin)).toEqual({ count: 0, oldest: null });
});

test('an ordinary value of the same day refutes it, wherever that came from', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  await record({ observations: [reconstructed('account', '2026-11-17', '101')] }, at('18'));
  expect(await listLines()).toEqual(['2026-11-17 refuted by 2026-11-17 101']);
});

test('a later capture that is no ordinary one beside the value before refutes nothing', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '0', 'unexplained_zero'), at('17'));
  // Emptied on the next day, as a withdrawal of that day explains.
  await record(said('18', '0'), at('18'));
  expect(await listLines()).toEqual(['2026-11-17']);
});

test('what was known before a doubt does not refute it', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('17', '100'), at('17'));
  const later = { verdict: 'held', reason: 'unexplained_swing', asOf: '2026-11-18T12:00:00Z' } as const;
  await record({ observations: [value('account', '2026-11-17', '1000', later)] }, '2026-11-18T12:00:00Z');
  expect(await listLines()).toEqual(['2026-11-17']);
});

test('an operator’s own bound decides what is ordinary', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  await record(said('18', '190'), at('18'));
  expect(await readHeldWaiting(stack.admin, 1.5)).toMatchObject({ count: 1 });
  expect(await readHeldWaiting(stack.admin, 2)).toMatchObject({ count: 0 });
});

test('those that wait come first, and pages of one show each once', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  await record(said('18', '101'), at('18'));
  await record(doubted('19', '2000'), at('19'));
  await record(doubted('20', '3000'), at('20'));
  const whole = (await list()).map(({ date }) => date);
  expect(whole).toEqual(['2026-11-20', '2026-11-19', '2026-11-17']);

  const paged: string[] = [];
  for (let page = await list(null, 1); page[0] !== undefined; page = await list(page[0].id, 1))
    paged.push(page[0].date);
  expect(paged).toEqual(whole);
});

test('a page goes on where it was even when its last value was judged meanwhile', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  await record(doubted('18', '2000'), at('18'));
  const [first] = await list(null, 1);
  if (first === undefined) throw new Error('nothing is held');
  await stack.sql`update account_values set verdict = 'rejected' where id = ${first.id}`;
  expect((await list(first.id, 1)).map(({ date }) => date)).toEqual(['2026-11-17']);
});
