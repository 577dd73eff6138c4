import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addAmounts } from '@/lib/domain/money';
import { getHistory } from '@/lib/history/read';
import {
  anyStory,
  FIRST_DAY,
  LAST_DAY,
  LAST_EVENING,
  linkWorld,
  readWorld,
  wordsOf,
} from '../support/arbitraries';
import { asked, ended, flow, liveValue, value } from '../support/fill-fixture';
import { linkReader, readHistory } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const TWO_DAYS = ['2026-11-17', '2026-11-18'] as const;

/** The id by which a reader selects each of their accounts, by its name. */
async function idsOf(reader: Pick<Awaited<ReturnType<typeof linkReader>>, 'read'>) {
  const { accounts } = await reader.read();
  return Object.fromEntries(accounts.map(({ id, name }) => [name, id]));
}

test('a selection has the values, flows, live value and gaps of its accounts alone', async () => {
  const reader = await linkReader(stack, { accounts: ['isa', 'margin'] });
  await reader.record({
    observations: [...TWO_DAYS.map((day) => value('isa', day, '100')), value('margin', '2026-11-18', '7')],
    outcomes: [asked('margin', '2026-11-17')],
    flows: [flow('isa', '2026-11-18', '25')],
    live: [liveValue('isa', '101'), liveValue('margin', '8')],
  });
  const { isa = '', margin = '' } = await idsOf(reader);
  const ofIsa = await reader.read({ accountIds: [isa], from: '2026-11-17', to: '2026-11-18' });
  expect(ofIsa).toMatchObject({
    points: [
      { date: '2026-11-17', value: '100', kind: 'daily_eod', accountsExpected: 1, accountsPresent: 1 },
      { date: '2026-11-18', value: '100' },
    ],
    gaps: [],
    flows: { external: [{ date: '2026-11-18', amount: '25' }] },
    live: { value: '101' },
    accounts: [
      { name: 'isa', institution: 'Broker', currency: 'USD', closedOn: null, isShown: true },
      { name: 'margin', isShown: false },
    ],
  });
  const ofMargin = await reader.read({ accountIds: [margin], from: '2026-11-17', to: '2026-11-18' });
  expect(ofMargin).toMatchObject({
    points: [{ date: '2026-11-18', value: '7' }],
    gaps: [{ from: '2026-11-17', to: '2026-11-17', reason: 'unavailable', attempts: 1 }],
    live: { value: '8' },
  });
});

test('a transfer to an account that is not shown crosses the border of what is shown', async () => {
  const reader = await linkReader(stack, { accounts: ['isa', 'margin'] });
  await reader.record({
    observations: TWO_DAYS.flatMap((day, moved) => [
      value('isa', day, moved ? '60' : '100'),
      value('margin', day, moved ? '45' : '5'),
    ]),
    flows: [
      flow('isa', '2026-11-18', '-40', { type: 'transfer' }),
      flow('margin', '2026-11-18', '40', { type: 'transfer' }),
    ],
  });
  const { isa = '', margin = '' } = await idsOf(reader);
  const flowsOf = async (...accountIds: readonly string[]) =>
    (await reader.read({ accountIds })).flows.external;
  expect(await flowsOf(isa)).toEqual([{ date: '2026-11-18', amount: '-40' }]);
  expect(await flowsOf(margin)).toEqual([{ date: '2026-11-18', amount: '40' }]);
  expect(await flowsOf(isa, margin)).toEqual([]);
});

test('a selected account that is carried says so, and a closed one can still be looked at', async () => {
  const reader = await linkReader(stack, { accounts: ['isa', 'margin', 'old'] });
  await reader.record({
    observations: ['isa', 'margin', 'old'].map((name) => value(name, '2026-11-17', '10')),
  });
  await reader.record(
    {
      reconciled: [ended('old', '2026-11-18')],
      observations: [value('isa', '2026-11-18', '11')],
      outcomes: [asked('margin', '2026-11-18')],
    },
    '2026-11-18T22:00:00Z',
  );
  const { isa = '', margin = '', old = '' } = await idsOf(reader);
  expect((await reader.read({ accountIds: [isa, margin], to: '2026-11-18' })).points.at(-1)).toMatchObject({
    date: '2026-11-18',
    value: '21',
    kind: 'estimated',
    carried: [{ name: 'margin', from: '2026-11-17' }],
  });
  expect(await reader.read({ accountIds: [old] })).toMatchObject({
    points: [{ date: '2026-11-17', value: '10' }],
    gaps: [{ from: '2026-11-16', to: '2026-11-16' }],
    accounts: expect.arrayContaining([expect.objectContaining({ name: 'old', closedOn: '2026-11-18' })]),
  });
});

test('an account of somebody else, or of nobody, is refused', async () => {
  const [own, other] = [await linkReader(stack), await linkReader(stack)];
  await other.record({ observations: [value('account', '2026-11-17', '999')] });
  const { account: others = '' } = await idsOf(other);
  const { account: mine = '' } = await idsOf(own);
  const history = (client: typeof stack.admin, ...accounts: readonly string[]) =>
    getHistory(
      client,
      own.userId,
      { period: 'custom', from: FIRST_DAY, to: LAST_DAY, accounts },
      LAST_DAY,
      new Date(LAST_EVENING),
    );
  // Not even the service role, which could read it, mixes it in.
  await expect(history(stack.admin, others)).rejects.toThrow('is not an account of yours');
  await expect(history(stack.admin, mine, others)).rejects.toThrow('is not an account of yours');
  await expect(history(stack.admin, mine)).resolves.toMatchObject({
    accounts: [{ id: mine, isShown: true }],
  });
});

test('another user’s accounts cannot be read by their ids', async () => {
  const owner = await linkReader(stack);
  await owner.record({ observations: [value('account', '2026-11-17', '999')] });
  const { account: id = '' } = await idsOf(owner);
  const stranger = await stack.createUser();
  expect(await readHistory(stranger, { accountIds: [id] })).toMatchObject({
    points: [],
    gaps: [],
    accounts: [],
  });
  const { data } = await stranger.client.rpc('conclude_snapshots', {
    p_user_id: owner.userId,
    p_from: FIRST_DAY,
    p_to: LAST_DAY,
  });
  expect(data).toEqual([]);
});

const RUNS = { numRuns: 15, interruptAfterTimeLimit: 40_000 };

test('all accounts selected are the same history as none selected', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory('isa', -100_000_00), anyStory('margin'), async (isa, margin) => {
      const { record, userId } = await linkWorld(stack, [isa, margin]);
      await record(wordsOf(isa, margin), LAST_EVENING);
      const ids = await lineIdsOf(userId);
      expect(await readWorld(stack, userId, ids)).toEqual(await readWorld(stack, userId));
    }),
    RUNS,
  );
});

test('two halves add up to the whole on every day that is complete', async () => {
  await fc.assert(
    fc.asyncProperty(anyStory('isa', -100_000_00), anyStory('margin'), async (isa, margin) => {
      const { record, userId } = await linkWorld(stack, [isa, margin]);
      await record(wordsOf(isa, margin), LAST_EVENING);
      const [one = '', other = ''] = await lineIdsOf(userId);
      const [whole, left, right] = [
        await readWorld(stack, userId),
        await readWorld(stack, userId, [one]),
        await readWorld(stack, userId, [other]),
      ];
      const complete = whole.points.filter((point) => point.accountsPresent === point.accountsExpected);
      expect(complete.length).toBeGreaterThan(0);
      for (const { date, value: total } of complete) {
        const parts = [left, right].map(({ points }) => points.find((point) => point.date === date)?.value);
        expect(parts).not.toContain(undefined);
        expect(addAmounts(...parts.filter((part) => part !== undefined))).toBe(total);
      }
    }),
    RUNS,
  );
});

async function lineIdsOf(userId: string): Promise<readonly string[]> {
  const rows = await stack.sql<{ id: string }[]>`
    select line_id as id from accounts where user_id = ${userId} order by name`;
  return rows.map(({ id }) => id);
}
