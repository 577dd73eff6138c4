import { afterAll, beforeAll, expect, test } from 'vitest';
import { CORRECTION_REASONS } from '@/lib/domain/states';
import { readCorrections } from '@/lib/history/store';
import { account, asked, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

let stack: TestStack;
let user: TestUser;
let stranger: TestUser;
beforeAll(async () => {
  stack = await startTestStack();
  stranger = await stack.createUser();
});
afterAll(() => stack.close());

async function open(accounts: readonly string[] = ['isa']) {
  user = await stack.createUser();
  return linkPortfolio(stack, { userId: user.id, accounts });
}

/** Every correction as its owner reads it, oldest first: `2026-11-19 100 → 90: restated`. */
async function listCorrections(reader: TestUser = user): Promise<readonly string[]> {
  const corrections = await readCorrections(reader.client, {
    userId: user.id,
    from: null,
    to: null,
    beforeId: null,
    limit: 50,
  });
  return corrections
    .toReversed()
    .map(({ date, oldValue, newValue, reason }) => `${date} ${oldValue} → ${newValue}: ${reason}`);
}

test('a published day that its source restates says so', async () => {
  const { record } = await open();
  await record({ observations: [value('isa', '2026-11-19', '100')] });
  await record({ observations: [value('isa', '2026-11-19', '90', { asOf: '2026-11-20T01:00:00Z' })] });
  expect(await listCorrections()).toEqual(['2026-11-19 100 → 90: restated']);
});

test('a better observation that replaces a worse one says so', async () => {
  const { record } = await open();
  await record({ observations: [reconstructed('isa', '2026-11-19', '100')] });
  await record({ observations: [value('isa', '2026-11-19', '101')] });
  expect(await listCorrections()).toEqual(['2026-11-19 100 → 101: better observation']);
});

test('the value of a missing account that arrives completes the day', async () => {
  const { record } = await open(['isa', 'margin']);
  await record({ observations: ['isa', 'margin'].map((id) => value(id, '2026-11-19', '50')) });
  await record({
    observations: [value('isa', '2026-11-20', '60')],
    outcomes: [asked('margin', '2026-11-20')],
  });
  await record({ observations: [value('margin', '2026-11-20', '55')] });
  expect(await listCorrections()).toEqual(['2026-11-20 110 → 115: completed']);
});

test('an account that comes into view with its past says so', async () => {
  const { record } = await open();
  await record({ observations: [value('isa', '2026-11-19', '100')] });
  await record({
    accounts: [account('margin')],
    observations: [reconstructed('margin', '2026-11-19', '40'), value('margin', '2026-11-20', '40')],
  });
  expect(await listCorrections()).toEqual(['2026-11-19 100 → 140: accounts changed']);
});

test('a day that is published for the first time is no correction, and nobody reads those of somebody else', async () => {
  const { record } = await open();
  await record({ observations: [value('isa', '2026-11-19', '100')] });
  expect(await listCorrections()).toEqual([]);
  await record({ observations: [value('isa', '2026-11-19', '90', { asOf: '2026-11-20T01:00:00Z' })] });
  expect(await listCorrections()).toHaveLength(1);
  expect(await listCorrections(stranger)).toEqual([]);
});

test('the database takes the reasons of the closed list, and no other', async () => {
  const { userId } = await open();
  const correct = (reason: string) => stack.sql`
    insert into snapshot_corrections (user_id, value_date, old_value, old_kind, reason, changed_at)
    values (${userId}, '2026-11-19', 1, 'daily_eod', ${reason}, '2026-11-20T00:00:00Z')`;
  for (const reason of CORRECTION_REASONS) await correct(reason);
  expect(new Set((await listCorrections()).map((line) => line.split(': ')[1]))).toEqual(
    new Set(CORRECTION_REASONS),
  );
  await expect(correct('because')).rejects.toThrow('snapshot_corrections_reason_check');
});
