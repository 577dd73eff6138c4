import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { claim, markDue } from '../support/claims';
import { asked, value } from '../support/fill-fixture';
import { FRIDAY_EVENING, linkPortfolio, recordFill } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const WEEK = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
const TOMORROW = '2026-11-21T22:00:00Z';
const friday = { observations: [value('account', '2026-11-20', '100')] };

interface EventParts {
  readonly eventId?: string;
  readonly happenedAt?: string | null;
  readonly now?: string;
}

/** Sends an event of its own about a connection, whose external id is its id here. */
async function sendEvent(connectionId: string, { eventId, happenedAt, now }: EventParts = {}) {
  const [row] = await stack.service<{ done: { outcome: string; userId: string | null } }[]>`
    select record_connection_event(
      'snaptrade', ${connectionId}, ${eventId ?? randomUUID()}, 'CONNECTION_UPDATED', ${happenedAt ?? null},
      ${now ?? FRIDAY_EVENING}
    ) as done`;
  return row?.done;
}

describe('an event of a connection', () => {
  test('makes a fully covered connection due, and says whose it is', async () => {
    const { userId, connectionId, record } = await linkPortfolio(stack);
    await record({ observations: WEEK.map((day) => value('account', day, '100')) });
    expect(await markDue(stack, { userId })).toBe(0);
    expect(await sendEvent(connectionId)).toEqual({ outcome: 'due', userId });
    expect(await claim(stack, { userId })).toHaveLength(1);
  });

  test('overrides the back-off of its connection', async () => {
    const { userId, connectionId, record } = await linkPortfolio(stack);
    await record({ connection: { retryAt: TOMORROW, attempts: 3, succeeded: false } });
    await sendEvent(connectionId);
    expect(await claim(stack, { userId })).toHaveLength(1);
  });

  test('ends the waiting of the latest trading day and of days lost to a broken connection, and no other', async () => {
    const { userId, connectionId, record } = await linkPortfolio(stack);
    const later = { nextAttemptAt: TOMORROW };
    await record({
      outcomes: [
        asked('account', '2026-11-16', { ...later, reason: 'provider_had_nothing' }),
        asked('account', '2026-11-17', { ...later, reason: 'connection_broken' }),
        asked('account', '2026-11-18', { ...later, reason: 'provider_cannot', final: true }),
        asked('account', '2026-11-19', { ...later, reason: 'unavailable' }),
        asked('account', '2026-11-20', { ...later, reason: 'not_yet_due' }),
      ],
    });
    await sendEvent(connectionId);
    expect((await claim(stack, { userId }))[0]?.accounts[0]?.missing).toEqual(['2026-11-17', '2026-11-20']);
  });

  test('keeps a connection that waits already in its place', async () => {
    const { connectionId } = await linkPortfolio(stack, { dueAt: '2026-11-20T21:00:00Z' });
    await sendEvent(connectionId);
    const [row] = await stack.sql<{ due: Date }[]>`
      select due_at as due from brokerage_connections where id = ${connectionId}`;
    expect(row?.due.toISOString()).toBe('2026-11-20T21:00:00.000Z');
  });

  test('that comes while its connection is being filled makes it due again, once', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, { dueAt: FRIDAY_EVENING });
    const [first, second] = [randomUUID(), randomUUID()];
    await claim(stack, { userId, worker: first });
    await sendEvent(connectionId);
    // Whoever is at it goes on alone.
    expect(await claim(stack, { userId, worker: second })).toEqual([]);
    await recordFill(stack, connectionId, friday, FRIDAY_EVENING, first);

    expect(await claim(stack, { userId, worker: second })).toHaveLength(1);
    await recordFill(stack, connectionId, friday, FRIDAY_EVENING, second);
    expect(await claim(stack, { userId })).toEqual([]);
  });

  test('outlives a worker that recorded after its lease had expired', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, { dueAt: FRIDAY_EVENING });
    const slow = randomUUID();
    await claim(stack, { userId, worker: slow, leaseSeconds: 1 });
    await sendEvent(connectionId, { now: '2026-11-20T22:00:05Z' });
    await recordFill(stack, connectionId, friday, FRIDAY_EVENING, slow);
    expect(await claim(stack, { userId, now: '2026-11-20T22:00:06Z' })).toHaveLength(1);
  });

  test('that a worker sees because it claimed later is done with that fill', async () => {
    const { userId, connectionId } = await linkPortfolio(stack, { dueAt: FRIDAY_EVENING });
    await claim(stack, { userId, leaseSeconds: 1 });
    await sendEvent(connectionId);
    const worker = randomUUID();
    await claim(stack, { userId, worker, now: '2026-11-20T22:05:00Z' });
    await recordFill(stack, connectionId, friday, '2026-11-20T22:05:00Z', worker);
    expect(await claim(stack, { userId, now: '2026-11-20T22:06:00Z' })).toEqual([]);
  });
});

describe('an event', () => {
  test('counts once, however many deliveries come at the same time', async () => {
    const { connectionId } = await linkPortfolio(stack);
    const eventId = randomUUID();
    const done = await Promise.all(Array.from({ length: 8 }, () => sendEvent(connectionId, { eventId })));
    expect(done.filter((one) => one?.outcome === 'due')).toHaveLength(1);
    expect(done.filter((one) => one?.outcome === 'duplicate')).toHaveLength(7);
  });

  test('about a connection that is not there, or was removed, is known but does nothing', async () => {
    const { connectionId } = await linkPortfolio(stack);
    await stack.service`update brokerage_connections set status = 'removed' where id = ${connectionId}`;
    expect(await sendEvent(connectionId)).toEqual({ outcome: 'unknown_connection', userId: null });
    expect(await sendEvent('no-such-connection')).toEqual({ outcome: 'unknown_connection', userId: null });
  });

  test('and a fill that is recorded at the same time never lock each other out', async () => {
    const { connectionId, record } = await linkPortfolio(stack, { dueAt: FRIDAY_EVENING });
    await record({ outcomes: WEEK.map((day) => asked('account', day)) });
    const both = Array.from({ length: 20 }, (_, index) => [
      sendEvent(connectionId),
      record({ outcomes: WEEK.map((day) => asked('account', day, { attemptsMax: 1000 + index })) }),
    ]);
    await expect(Promise.all(both.flat())).resolves.toHaveLength(40);
  });

  test('is forgotten after thirty days', async () => {
    const { connectionId } = await linkPortfolio(stack);
    const [old, recent] = [randomUUID(), randomUUID()];
    await sendEvent(connectionId, { eventId: old, now: '2026-10-21T21:59:59Z' });
    await sendEvent(connectionId, { eventId: recent, now: '2026-10-21T22:00:00Z' });
    await sendEvent(connectionId);
    const kept = await stack.sql<{ id: string }[]>`
      select id from webhook_events where id = any (${[old, recent]})`;
    expect(kept.map(({ id }) => id)).toEqual([recent]);
  });
});

test('no browser role can read events', async () => {
  const { connectionId } = await linkPortfolio(stack);
  await sendEvent(connectionId);
  const user = await stack.createUser();
  for (const client of [stack.anonymous, user.client]) {
    expect((await client.from('webhook_events').select('id')).error?.code).toBe('42501');
  }
});
