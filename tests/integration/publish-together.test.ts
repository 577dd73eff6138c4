import { afterAll, beforeAll, expect, test } from 'vitest';
import { account, reconstructed, value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio } from '../support/populated-fixture';
import { listCorrections, listPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const FIVE_MINUTES_LATER = '2026-11-20T22:05:00Z';
const ELEVEN_MINUTES_LATER = '2026-11-20T22:11:00Z';
const ISA = {
  accounts: [account('isa')],
  observations: [reconstructed('isa', '2026-11-18', '90'), value('isa', '2026-11-20', '100')],
};
const IRA = { accounts: [account('ira')], observations: [value('ira', '2026-11-20', '40')] };

/** A user who linked two connections on Friday evening; neither was asked yet. */
async function linkTwo() {
  const first = await linkPortfolio(stack, { accounts: [], since: '2026-11-20' });
  const second = await first.connectAnother({ accounts: [], since: '2026-11-20' });
  await stack.sql`update brokerage_connections set created_at = ${FRIDAY_EVENING} where user_id = ${first.userId}`;
  return { first, second, published: () => listPublished(stack, first.userId) };
}

async function publishMissing(userId: string, now: string): Promise<void> {
  await stack.service`select publish_missing(${userId}, '2026-11-16', '2026-11-20', ${now})`;
}

test('what two connections that were linked together say is published together, all days at once, and nothing is corrected', async () => {
  const { first, second, published } = await linkTwo();
  await first.record(ISA);
  expect(await published()).toEqual([]);
  await publishMissing(first.userId, FIVE_MINUTES_LATER);
  expect(await published()).toEqual([]);

  await second.record(IRA, FIVE_MINUTES_LATER);

  expect(await published()).toEqual(['2026-11-18 90 reconstructed', '2026-11-20 140 daily_eod']);
  expect(await listCorrections(stack, first.userId)).toEqual([]);
});

test('a connection that is never read is waited for ten minutes and no longer', async () => {
  const { first, published } = await linkTwo();
  await first.record(ISA);

  await publishMissing(first.userId, ELEVEN_MINUTES_LATER);

  expect(await published()).toEqual(['2026-11-18 90 reconstructed', '2026-11-20 100 daily_eod']);
});

test.each([
  { name: 'failed', connection: { succeeded: false, errorCode: 'unavailable', attempts: 1 } },
  {
    name: 'proved broken',
    connection: { succeeded: false, status: 'disabled' as const, errorCode: 'needs_reconnect' },
  },
])('a connection that $name is not waited for', async ({ connection }) => {
  const { first, second, published } = await linkTwo();
  await first.record(ISA);
  await second.record({ connection }, FIVE_MINUTES_LATER);

  await publishMissing(first.userId, FIVE_MINUTES_LATER);

  expect(await published()).toEqual(['2026-11-18 90 reconstructed', '2026-11-20 100 daily_eod']);
});

test('a connection that time did not suffice for is still waited for', async () => {
  const { first, second, published } = await linkTwo();
  await first.record(ISA);
  await second.record({ connection: { succeeded: false, errorCode: 'out_of_time' } });
  await publishMissing(first.userId, FIVE_MINUTES_LATER);
  expect(await published()).toEqual([]);
});

test('whoever has a history goes on having it while another connection is linked', async () => {
  const first = await linkPortfolio(stack, { accounts: ['isa'] });
  await first.record({ observations: [value('isa', '2026-11-19', '99')] }, '2026-11-19T22:00:00Z');
  const second = await first.connectAnother({ accounts: [] });
  await stack.sql`update brokerage_connections set created_at = ${FRIDAY_EVENING} where id = ${second.connectionId}`;

  await first.record({ observations: [value('isa', '2026-11-20', '100')] });

  expect(await listPublished(stack, first.userId)).toContain('2026-11-20 100 daily_eod');
});
