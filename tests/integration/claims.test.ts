import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, markDue } from '../support/claims';
import { value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio, recordFill } from '../support/populated-fixture';
import { listPublished } from '../support/published';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const DUE = { dueAt: '2026-11-20T21:30:00Z' };
const AFTER_LEASE = '2026-11-20T22:02:00Z';
const BEFORE_LEASE_ENDS = '2026-11-20T22:01:59Z';

describe('claiming', () => {
  test('many workers at once never claim the same connection, and together claim all', async () => {
    const { userId, connectionId, connectAnother } = await linkPortfolio(stack, DUE);
    const others = await Promise.all(
      Array.from({ length: 39 }, () => connectAnother({ ...DUE, accounts: [] })),
    );
    const claims = await Promise.all(Array.from({ length: 12 }, () => claim(stack, { userId, limit: 5 })));
    const claimed = claims.flat().map((connection) => connection.id);
    expect(new Set(claimed).size).toBe(claimed.length);

    // A worker skips what another one holds at that moment, so a last one may find a remainder.
    for (let more = await claim(stack, { userId }); more.length > 0; more = await claim(stack, { userId })) {
      claimed.push(...more.map((connection) => connection.id));
    }
    expect(claimed.toSorted()).toEqual(
      [connectionId, ...others.map((other) => other.connectionId)].toSorted(),
    );
  });

  test('a connection under lease is nobody else’s', async () => {
    const { userId } = await linkPortfolio(stack, DUE);
    expect(await claim(stack, { userId })).toHaveLength(1);
    expect(await claim(stack, { userId, now: BEFORE_LEASE_ENDS })).toEqual([]);
  });

  test('an expired lease frees the connection, whatever became of the worker', async () => {
    const { userId } = await linkPortfolio(stack, DUE);
    await claim(stack, { userId });
    expect(await claim(stack, { userId, now: AFTER_LEASE })).toHaveLength(1);
  });

  test('what has waited longest is claimed first', async () => {
    const { userId, connectionId, connectAnother } = await linkPortfolio(stack, DUE);
    const older = await connectAnother({ dueAt: '2026-11-20T21:00:00Z', accounts: [] });
    const [first] = await claim(stack, { userId, limit: 1 });
    const [second] = await claim(stack, { userId, limit: 1 });
    expect([first?.id, second?.id]).toEqual([older.connectionId, connectionId]);
  });

  test('what is due only later, or not at all, is not claimed', async () => {
    const { userId, connectAnother } = await linkPortfolio(stack, { dueAt: '2026-11-20T22:00:01Z' });
    await connectAnother({ dueAt: null });
    expect(await claim(stack, { userId })).toEqual([]);
  });

  test('a claim says what the connection needs: credentials, latest values and missing days', async () => {
    const { userId, connectionId, record } = await linkPortfolio(stack, {
      ...DUE,
      accounts: ['isa', 'margin'],
    });
    await stack.service`insert into connection_credentials (connection_id, ciphertext) values (${connectionId}, 'sealed')`;
    await record({
      observations: [value('isa', '2026-11-17', '0.10'), value('isa', '2026-11-19', '90071992547409930.1')],
    });
    const [claimed] = await claim(stack, { userId });
    expect(claimed).toMatchObject({ id: connectionId, ciphertext: 'sealed' });
    expect(claimed?.accounts.toSorted((a, b) => a.externalId.localeCompare(b.externalId))).toMatchObject([
      {
        externalId: 'isa',
        last: { date: '2026-11-19', total: '90071992547409930.1' },
        missing: ['2026-11-16', '2026-11-18', '2026-11-20'],
      },
      {
        externalId: 'margin',
        last: null,
        missing: ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'],
      },
    ]);
  });
});

describe('giving back', () => {
  const readLease = async (connectionId: string) => {
    const [row] = await stack.sql<{ owner: string | null; due: boolean }[]>`
      select lease_owner as owner, due_at is not null as due from brokerage_connections where id = ${connectionId}`;
    return row;
  };
  const friday = { observations: [value('account', '2026-11-20', '100')] };

  test('recording gives the lease back, and the work is done', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, DUE);
    const worker = randomUUID();
    await claim(stack, { userId, worker });
    expect(await readLease(connectionId)).toEqual({ owner: worker, due: true });
    await recordFill(stack, connectionId, friday, FRIDAY_EVENING, worker);
    expect(await readLease(connectionId)).toEqual({ owner: null, due: false });
  });

  test('a worker that lost its lease loses no evidence and does not release the other’s', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, DUE);
    const [slow, quick] = [randomUUID(), randomUUID()];
    await claim(stack, { userId, worker: slow });
    await claim(stack, { userId, worker: quick, now: AFTER_LEASE });
    await recordFill(stack, connectionId, friday, AFTER_LEASE, slow);
    expect(await listPublished(stack, userId)).toEqual(['2026-11-20 100 daily_eod']);
    expect(await readLease(connectionId)).toEqual({ owner: quick, due: true });
  });

  test('a fill that fails halfway keeps lease and work, so the next worker finds them', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, DUE);
    const worker = randomUUID();
    await claim(stack, { userId, worker });
    const broken = { observations: [value('account', '2026-11-20', '100', { currency: 'dollars' })] };
    await expect(recordFill(stack, connectionId, broken, FRIDAY_EVENING, worker)).rejects.toThrow(
      /check constraint/,
    );
    expect(await readLease(connectionId)).toEqual({ owner: worker, due: true });
    expect(await claim(stack, { userId, now: AFTER_LEASE })).toHaveLength(1);
  });

  test('two workers that record for one user at once conclude from each other’s evidence', async () => {
    const portfolio = await linkPortfolio(stack, { accounts: ['isa'] });
    const others = await Promise.all(
      ['b', 'c', 'd', 'e'].map((name) => portfolio.connectAnother({ accounts: [name] })),
    );
    await Promise.all([
      portfolio.record({ observations: [value('isa', '2026-11-20', '1')] }),
      ...others.map((other, index) =>
        other.record({ observations: [value(['b', 'c', 'd', 'e'][index] ?? '', '2026-11-20', '1')] }),
      ),
    ]);
    expect(await listPublished(stack, portfolio.userId)).toEqual(['2026-11-20 5 daily_eod']);
  });
});

test('marking twice marks once', async () => {
  const { userId } = await linkPortfolio(stack);
  expect(await markDue(stack, { userId })).toBe(1);
  expect(await markDue(stack, { userId })).toBe(0);
});
