import { afterAll, beforeAll, expect, test } from 'vitest';
import { unlinkConnection } from '@/lib/connections/store';
import { account, reconstructed, value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio } from '../support/populated-fixture';
import { listCorrections, listPublished, readPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const MONDAY_EVENING = '2026-11-23T22:00:00Z';

/** Two connections with a value each on Thursday and Friday, unless Friday's of the second never came. */
async function linkTwo({ withFriday = true } = {}) {
  const kept = await linkPortfolio(stack, { accounts: ['kept'], since: '2026-11-19' });
  const left = await kept.connectAnother({ accounts: ['left'], since: '2026-11-19' });
  await kept.record({ observations: ['2026-11-19', '2026-11-20'].map((day) => value('kept', day, '100')) });
  const days = withFriday ? ['2026-11-19', '2026-11-20'] : ['2026-11-19'];
  await left.record({ observations: days.map((day) => value('left', day, '40')) });
  const unlink = (at = FRIDAY_EVENING) =>
    unlinkConnection(stack.admin, { userId: kept.userId, id: left.connectionId }, new Date(at));
  return { kept, left, unlink };
}

test('unlinking keeps the past and ends the expectation with the first session that has not closed', async () => {
  const { kept, unlink } = await linkTwo();
  expect(await unlink()).toMatchObject({ accounts: 1, published: 0 });
  await kept.record({ observations: [value('kept', '2026-11-23', '101')] }, MONDAY_EVENING);

  expect(await listPublished(stack, kept.userId)).toEqual([
    '2026-11-19 140 daily_eod',
    '2026-11-20 140 daily_eod',
    '2026-11-23 101 daily_eod',
  ]);
  expect(await listCorrections(stack, kept.userId)).toEqual([]);
});

test('unlinking twice is unlinking once', async () => {
  const { kept, unlink } = await linkTwo();
  await unlink();
  const read = () => stack.sql`select * from accounts where user_id = ${kept.userId} order by id`;
  const before = await read();
  expect(await unlink(MONDAY_EVENING)).toMatchObject({ accounts: 0, published: 0 });
  expect(await read()).toEqual(before);
});

test('unlinking deletes the credentials, ends the lease and leaves nothing due', async () => {
  const { left, unlink } = await linkTwo();
  await stack.service`insert into connection_credentials values (${left.connectionId}, 'sealed')`;
  await stack.service`
    update brokerage_connections
    set due_at = ${FRIDAY_EVENING}, event_at = ${FRIDAY_EVENING}, lease_owner = gen_random_uuid(), lease_expires_at = ${MONDAY_EVENING}
    where id = ${left.connectionId}`;
  await unlink();

  expect(
    await stack.sql`select from connection_credentials where connection_id = ${left.connectionId}`,
  ).toEqual([]);
  const [row] = await stack.sql`
    select status, due_at, lease_owner from brokerage_connections where id = ${left.connectionId}`;
  expect(row).toEqual({ status: 'removed', due_at: null, lease_owner: null });
});

test('a fill that was under way records what it learned and brings nothing back', async () => {
  const { kept, left, unlink } = await linkTwo({ withFriday: false });
  await unlink();
  await left.record({
    accounts: [account('left'), account('met too late')],
    observations: [value('left', '2026-11-20', '41')],
  });
  await kept.record({ observations: [value('kept', '2026-11-23', '101')] }, MONDAY_EVENING);

  expect(await listPublished(stack, kept.userId)).toEqual([
    '2026-11-19 140 daily_eod',
    '2026-11-20 141 daily_eod',
    '2026-11-23 101 daily_eod',
  ]);
});

test('a day that was missing when its connection went is carried, and says so for good', async () => {
  const { kept, unlink } = await linkTwo({ withFriday: false });
  await unlink();

  expect((await readPublished(stack, kept.userId)).at(-1)).toMatchObject({
    date: '2026-11-20',
    value: '140',
    kind: 'estimated',
    carried: ['left from 2026-11-19'],
  });
  const [outcome] = await stack.sql`
    select reason, final from fill_outcomes where user_id = ${kept.userId} and value_date = '2026-11-20'`;
  expect(outcome).toEqual({ reason: 'provider_cannot', final: true });
});

test('two accounts of one connection are never taken for one', async () => {
  const twins = ['one', 'other'].map((name) => account(name, { institutionAccountId: 'shared' }));
  const portfolio = await linkPortfolio(stack, { accounts: twins });
  await portfolio.connectAnother({
    accounts: twins.map((one) => ({ ...one, externalId: `${one.name}-again` })),
  });
  const [row] = await stack.sql`
    select count(distinct line_id)::int as lines from accounts where user_id = ${portfolio.userId}`;
  expect(row).toEqual({ lines: 4 });
});

test('an account with the same id at another institution stays its own', async () => {
  const same = account('isa', { institutionAccountId: 'number 1' });
  const portfolio = await linkPortfolio(stack, { accounts: [same] });
  const other = await portfolio.connectAnother({ accounts: [same], institution: 'Other Broker' });
  await portfolio.record({ observations: [value('isa', '2026-11-20', '100')] });
  await other.record({ observations: [value('isa', '2026-11-20', '7')] });
  expect((await listPublished(stack, portfolio.userId)).at(-1)).toBe('2026-11-20 107 daily_eod');
});

test('of two observations of one real account the better stands, whichever link brought it', async () => {
  const same = account('isa', { institutionAccountId: 'number 1' });
  const first = await linkPortfolio(stack, { accounts: [same] });
  const second = await first.connectAnother({ accounts: [same] });
  await first.record({ observations: [reconstructed('isa', '2026-11-20', '90')] });
  await second.record({ observations: [value('isa', '2026-11-20', '100')] });
  expect(await listPublished(stack, first.userId)).toEqual(['2026-11-20 100 daily_eod']);

  await first.record({ observations: [value('isa', '2026-11-20', '102', { asOf: '2026-11-20T21:45:00Z' })] });
  expect(await listPublished(stack, first.userId)).toEqual(['2026-11-20 102 daily_eod']);
});
