import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { claim } from '../support/claims';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const DUE = { dueAt: '2026-11-20T21:30:00Z' };

test('a lease that is renewed in time outlasts its first end, and one that is not is free again', async () => {
  const { userId } = await linkPortfolio(stack, DUE);
  const worker = randomUUID();
  await claim(stack, { userId, worker });
  await stack.service`select renew_claims(${worker}, 120, '2026-11-20T22:01:20Z')`;
  expect(await claim(stack, { userId, now: '2026-11-20T22:03:00Z' })).toEqual([]);
  expect(await claim(stack, { userId, now: '2026-11-20T22:03:20Z' })).toHaveLength(1);
});

test('what a worker gives back keeps its place, and whoever comes next may take it at once', async () => {
  const { userId, connectionId } = await linkPortfolio(stack, DUE);
  const worker = randomUUID();
  await claim(stack, { userId, worker });
  await stack.service`select release_claims(${worker})`;
  const [row] = await stack.sql<{ due: Date; owner: string | null }[]>`
    select due_at as due, lease_owner as owner from brokerage_connections where id = ${connectionId}`;
  expect(row).toEqual({ due: new Date(DUE.dueAt), owner: null });
  expect(await claim(stack, { userId })).toHaveLength(1);
});

test('of those who wait since the same instant, who was asked longest ago comes first', async () => {
  const { userId, connectionId, connectAnother } = await linkPortfolio(stack, DUE);
  const never = await connectAnother({ ...DUE, accounts: [] });
  const long = await connectAnother({ ...DUE, accounts: [] });
  const asked = (id: string, at: string) =>
    stack.sql`update brokerage_connections set totals_asked_at = ${at} where id = ${id}`;
  await asked(connectionId, '2026-11-19T21:40:00Z');
  await asked(long.connectionId, '2026-11-19T21:35:00Z');
  const order: (string | undefined)[] = [];
  for (let turn = 0; turn < 3; turn += 1) order.push((await claim(stack, { userId, limit: 1 }))[0]?.id);
  expect(order).toEqual([never.connectionId, long.connectionId, connectionId]);
});
