import { afterAll, beforeAll, expect, test } from 'vitest';
import { readAccountQuality } from '@/lib/history/store';
import { account, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

test('an owner sees since when and until when each account is known, and how much of it is held', async () => {
  const owner = await stack.createUser();
  const { record } = await linkPortfolio(stack, {
    userId: owner.id,
    accounts: ['isa', account('loan', { category: 'credit' })],
  });
  await record({
    observations: [
      value('isa', '2026-11-18', '100'),
      value('isa', '2026-11-19', '101'),
      value('isa', '2026-11-20', '999', { verdict: 'held', reason: 'unexplained_swing' }),
    ],
  });
  expect(await readAccountQuality(owner.client, owner.id)).toMatchObject([
    {
      name: 'isa',
      lastValueOn: '2026-11-19',
      heldValues: 1,
      status: 'active',
      closedOn: null,
    },
  ]);

  // An ordinary value of the next session settles the doubt.
  await record({ observations: [value('isa', '2026-11-23', '102')] }, '2026-11-23T22:00:00Z');
  expect(await readAccountQuality(owner.client, owner.id)).toMatchObject([
    { lastValueOn: '2026-11-23', heldValues: 0 },
  ]);

  const stranger = await stack.createUser();
  expect(await readAccountQuality(stranger.client, owner.id)).toEqual([]);
});
