import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { readHeldValues, readHeldWaiting } from '@/lib/coverage/store';
import { value } from '../support/fill-fixture';
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

/** Records another day's value together with the conclusion that it settles what is held. */
async function settle(record: (parts: object, now: string) => Promise<unknown>, day: string, total: string) {
  const [held] = await list();
  if (held === undefined) throw new Error('nothing is held');
  const observations = [{ ...value('account', `2026-11-${day}`, total), ref: 'later' }];
  const verdict = { id: held.id, verdict: 'held', reason: held.reason, contradicts: [], settledBy: 'later' };
  await record({ observations, verdicts: [verdict] }, at(day));
}

test('a held value waits until a believed one leaves nothing to ask, and is told with it', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  expect(await listLines()).toEqual(['2026-11-17']);
  expect(await readHeldWaiting(stack.admin)).toEqual({ count: 1, oldest: '2026-11-17T22:00:00.000Z' });

  await settle(record, '18', '104');

  expect(await listLines()).toEqual(['2026-11-17 refuted by 2026-11-18 104']);
  expect(await readHeldWaiting(stack.admin)).toEqual({ count: 0, oldest: null });
});

test('a verdict that changes leaves a trace, lets the best value of its day stand and publishes it', async () => {
  const { record, userId } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  const [held] = await list();
  const accepted = { id: held?.id, verdict: 'accepted', reason: null, contradicts: [], settledBy: null };
  await record({ verdicts: [accepted] }, at('18'));
  expect(await list()).toEqual([]);
  expect(
    await stack.sql`select value_date::text as day, total_value::text as total from user_portfolio_history where user_id = ${userId} order by 1`,
  ).toEqual([
    { day: '2026-11-16', total: '100' },
    { day: '2026-11-17', total: '1000' },
  ]);
  expect(await stack.sql`select old_verdict, new_verdict from verdict_changes`).toEqual([
    { old_verdict: 'held', new_verdict: 'accepted' },
  ]);
});

test('conclusions drawn from evidence that has grown since are not recorded', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  const [line] =
    await stack.sql`select line_id::text as id, evidence_version(line_id) as version from accounts`;
  const reconciled = [
    {
      externalId: 'account',
      lineId: line?.id,
      version: `${line?.version}9`,
      from: '2026-11-01',
      currency: 'USD',
    },
  ];
  await record({ ...said('17', '101'), reconciled }, at('17'));
  expect(await stack.sql`select from account_values`).toHaveLength(1);
});

test('those that wait come first, and pages of one show each once', async () => {
  const { record } = await linkPortfolio(stack);
  await record(said('16', '100'), at('16'));
  await record(doubted('17', '1000'), at('17'));
  await settle(record, '18', '101');
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
