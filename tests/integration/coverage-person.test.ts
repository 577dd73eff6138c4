import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readCoverageDay, readCoverageUser } from '@/lib/coverage/store';
import { toDate } from '@/lib/domain/trading-date';
import { account, asked, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const FRIDAY = toDate('2026-11-20');

test('a user is told with connections, accounts, errors and values that wait for a verdict', async () => {
  const { userId, record } = await linkPortfolio(stack, {
    accounts: ['account', account('card', { category: 'credit' })],
    institution: 'Harbor',
  });
  await record({
    connection: { errorCode: 'unavailable', attempts: 3, succeeded: false, retryAt: '2026-11-20T23:00:00Z' },
    observations: [
      value('account', '2026-11-19', '100.50'),
      value('account', '2026-11-20', '1005.00', { verdict: 'held', reason: 'unexplained_swing' }),
    ],
  });
  const user = await readCoverageUser(stack.admin, userId);
  expect(user).toMatchObject({
    userId,
    email: `${userId}@example.com`,
    connections: [
      {
        provider: 'snaptrade',
        institution: 'Harbor',
        status: 'active',
        lastErrorCode: 'unavailable',
        attempts: 3,
        retryAt: '2026-11-20T23:00:00.000Z',
        accounts: [
          { name: 'account', isCounted: true, firstKnownOn: '2026-11-16', lastValueOn: '2026-11-19' },
          { name: 'card', isCounted: false, lastValueOn: null },
        ],
      },
    ],
    held: [
      {
        account: 'account',
        date: '2026-11-20',
        total: '1005',
        reason: 'unexplained_swing',
        last: { date: '2026-11-19', total: '100.5' },
        refutedBy: null,
      },
    ],
  });
  expect(user?.held).toHaveLength(1);
});

test('a held value that a later one has settled says by which, after those that still wait', async () => {
  const { userId, record } = await linkPortfolio(stack);
  const swing = { verdict: 'held', reason: 'unexplained_swing' } as const;
  await record({ observations: [value('account', '2026-11-17', '100')] }, '2026-11-17T22:00:00Z');
  await record({ observations: [value('account', '2026-11-18', '1000', swing)] }, '2026-11-18T22:00:00Z');
  const [held] = (await readCoverageUser(stack.admin, userId))?.held ?? [];
  await record(
    {
      observations: [value('account', '2026-11-19', '101', { ref: 'later' })],
      verdicts: [{ ...swing, id: held?.id, contradicts: [], settledBy: 'later' }],
    },
    '2026-11-19T22:00:00Z',
  );
  await record({ observations: [value('account', '2026-11-20', '1010', swing)] }, '2026-11-20T22:00:00Z');
  const user = await readCoverageUser(stack.admin, userId);
  expect(user?.held.map(({ date, refutedBy }) => [date, refutedBy])).toEqual([
    ['2026-11-20', null],
    ['2026-11-18', { date: '2026-11-19', total: '101' }],
  ]);
});

test('a day is told with everything that was ever observed, asked, published and corrected', async () => {
  const { userId, record, connectAnother } = await linkPortfolio(stack);
  const other = await connectAnother({ accounts: ['isa'], since: '2026-11-20', institution: 'Harbor' });
  await other.record({
    outcomes: [
      asked('isa', FRIDAY, {
        reason: 'held',
        detail: 'unexplained_swing',
        nextAttemptAt: '2026-11-21T12:00:00Z',
      }),
    ],
    observations: [value('isa', FRIDAY, '7', { verdict: 'held', reason: 'unexplained_swing' })],
  });
  await record({ observations: [reconstructed('account', FRIDAY, '10')] }, '2026-11-20T22:00:00Z');
  await record(
    { observations: [value('account', FRIDAY, '11', { cash: '1', costBasis: '9' })] },
    '2026-11-20T22:10:00Z',
  );
  await other.record(
    { observations: [value('isa', FRIDAY, '8', { asOf: '2026-11-20T22:15:00Z' })] },
    '2026-11-20T22:20:00Z',
  );

  const day = await readCoverageDay(stack.admin, userId, FRIDAY);
  expect(day?.accounts).toMatchObject([
    {
      name: 'account',
      institution: 'Broker',
      isExpected: true,
      outcome: null,
      observations: [
        {
          total: '11',
          cash: '1',
          costBasis: '9',
          kind: 'daily_eod',
          verdict: 'accepted',
          supersededBy: null,
        },
        { total: '10', kind: 'reconstructed', verdict: 'accepted', supersededBy: expect.any(Number) },
      ],
    },
    {
      name: 'isa',
      outcome: {
        reason: 'held',
        detail: 'unexplained_swing',
        attempts: 1,
        nextAttemptAt: '2026-11-21T12:00:00.000Z',
      },
      observations: [
        { total: '8', verdict: 'accepted' },
        { total: '7', verdict: 'held', reason: 'unexplained_swing' },
      ],
    },
  ]);
  expect(day?.snapshots[0]).toMatchObject({
    isCurrent: true,
    value: '19',
    kind: 'daily_eod',
    accountsPresent: 2,
  });
  const [published] = await stack.sql<{ corrections: number }[]>`
    select count(*)::integer as corrections from snapshot_corrections where user_id = ${userId} and value_date = ${FRIDAY}`;
  expect(day?.corrections).toHaveLength(published?.corrections ?? -1);
});

test('somebody without a portfolio is nobody, and a day without anything is empty', async () => {
  expect(await readCoverageUser(stack.admin, randomUUID())).toBeNull();
  expect(await readCoverageDay(stack.admin, randomUUID(), FRIDAY)).toBeNull();
  const { userId } = await linkPortfolio(stack, { accounts: [] });
  expect(await readCoverageDay(stack.admin, userId, FRIDAY)).toMatchObject({
    accounts: [],
    snapshots: [],
    corrections: [],
  });
});
