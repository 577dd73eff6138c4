import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { listPublished, readTables } from '../support/published';
import { account, connection, type ScenarioParts, scenario, user } from '../support/scenario';
import { openReceiver, type Receiver } from '../support/webhook-receiver';
import { prepareWorkerHarness, tickWithRefresh, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const opened: Receiver[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map(({ webhookReceiver }) => webhookReceiver.close()));
});

/** Read every evening at 22:15 UTC; on Friday, 2026-11-20, the first tick comes too early. */
const READ_AT_2215 = {
  connection: { dataFreshness: 'daily', syncTime: '22:15' },
  accounts: [account({ openedOn: '2026-11-02', investedShare: 1 })],
} as const satisfies ScenarioParts;
const THURSDAY = '2026-11-19T22:30:00Z';
const TOO_EARLY = '2026-11-20T21:45:00Z';
const JUST_READ = '2026-11-20T22:16:00Z';

async function receive(harness: WorkerHarness): Promise<Receiver> {
  const receiver = await openReceiver(harness, JUST_READ);
  opened.push(receiver);
  return receiver;
}

async function listCaptured(harness: WorkerHarness): Promise<readonly string[]> {
  const published = await listPublished(harness.stack, harness.userId());
  return published.filter((line) => line.endsWith('daily_eod')).map((line) => line.slice(0, 10));
}

async function openWaiting(parts: ScenarioParts = {}): Promise<WorkerHarness> {
  const harness = await harnesses.open(scenario({ ...READ_AT_2215, ...parts }));
  await harness.tick(THURSDAY);
  await harness.tick(TOO_EARLY);
  // Nothing is due now but for an event.
  await harness.stack.sql`update fill_outcomes set next_attempt_at = '2026-11-21T12:00:00Z' where not final`;
  harness.takeRequests();
  return harness;
}

const READ = { accountId: 'account-1', details: { total_value: { success: true, error: null } } };
const NOT_READ = { accountId: 'account-1', details: { total_value: { success: false, error: 'down' } } };

describe('an event about holdings', () => {
  it('makes its connection due at once, and its day is captured', async () => {
    const harness = await openWaiting();
    await harness.tick(JUST_READ);
    expect(harness.takeRequests()).toEqual([]);

    const receiver = await receive(harness);
    expect(await receiver.emit('ACCOUNT_HOLDINGS_UPDATED', READ)).toBe(200);

    expect(receiver.outcomes).toEqual(['due']);
    expect(harness.takeRequests()).toEqual(['listConnectionAccounts connection-1']);
    expect(await listCaptured(harness)).toEqual(['2026-11-19', '2026-11-20']);
    const runs = await harness.stack.sql`select status, requested_by from runs where trigger = 'webhook'`;
    expect(runs).toEqual([{ status: 'complete', requested_by: harness.userId() }]);
  });

  it('that is delivered twice, and at once, counts once', async () => {
    const harness = await openWaiting();
    const receiver = await receive(harness);
    const webhookId = randomUUID();
    const event = { ...READ, webhookId };
    await Promise.all([1, 2, 3].map(() => receiver.emit('ACCOUNT_HOLDINGS_UPDATED', event)));
    expect(receiver.outcomes.toSorted()).toEqual(['due', 'duplicate', 'duplicate']);
    const before = await readTables(harness.stack);
    harness.takeRequests();

    expect(await receiver.emit('ACCOUNT_HOLDINGS_UPDATED', event)).toBe(200);

    expect(receiver.outcomes.at(-1)).toBe('duplicate');
    expect(harness.takeRequests()).toEqual([]);
    expect(await readTables(harness.stack)).toEqual(before);
  });

  it('that comes hours late still counts: the value is what the broker reports now, and belongs to its own day', async () => {
    const harness = await openWaiting();
    const receiver = await receive(harness);
    receiver.now = '2026-11-21T02:00:00Z';
    harness.sandbox.state.pinClock(toInstant(JUST_READ));

    expect(await receiver.emit('ACCOUNT_HOLDINGS_UPDATED', READ)).toBe(200);

    expect(receiver.outcomes).toEqual(['due']);
    expect(await listCaptured(harness)).toEqual(['2026-11-19', '2026-11-20']);
  });

  it('after a reading that failed is ignored', async () => {
    const harness = await openWaiting();
    const before = await readTables(harness.stack);
    const receiver = await receive(harness);
    expect(await receiver.emit('ACCOUNT_HOLDINGS_UPDATED', NOT_READ)).toBe(200);
    expect(receiver.outcomes).toEqual(['ignored']);
    expect(harness.takeRequests()).toEqual([]);
    expect(await readTables(harness.stack)).toEqual(before);
  });

  it('that is wrong captures nothing: a value from before the close stays one', async () => {
    const harness = await openWaiting();
    const receiver = await receive(harness);
    receiver.now = '2026-11-20T22:00:00Z';
    await receiver.emit('ACCOUNT_HOLDINGS_UPDATED', READ);
    expect(receiver.outcomes).toEqual(['due']);
    expect(await listCaptured(harness)).toEqual(['2026-11-19']);
  });

  it('follows from a refresh that was asked for, and captures the day before the planned time', async () => {
    const harness = await harnesses.open(
      scenario({ ...READ_AT_2215, connection: { dataFreshness: 'daily', syncTime: '17:00' } }),
    );
    const receiver = await receive(harness);
    receiver.now = TOO_EARLY;
    harness.sandbox.state.replaceScenario({
      ...harness.sandbox.state.scenario,
      webhookUrl: receiver.webhookReceiver.url,
    });
    await tickWithRefresh(harness, TOO_EARLY);
    await expect.poll(() => receiver.outcomes, { timeout: 20_000 }).toEqual(['due']);

    // If the event came while the fill that asked was under way, the next tick takes up the event.
    await harness.tick('2026-11-20T21:46:00Z');

    expect(await listCaptured(harness)).toEqual(['2026-11-20']);
  });
});

describe('an event about a connection', () => {
  it('that was reconnected asks for its values and refills its days at once', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [account({ openedOn: '2026-11-02', investedShare: 1 })] }),
    );
    await harness.tick('2026-11-16T22:30:00Z');
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-17T12:00:00Z') });
    await harness.tick('2026-11-18T22:30:00Z');
    await harness.tick(TOO_EARLY);
    harness.changeConnection('connection-1', { disabledSince: null });
    const receiver = await receive(harness);

    expect(await receiver.emit('CONNECTION_FIXED')).toBe(200);

    const published = await listPublished(harness.stack, harness.userId());
    expect(published.slice(-5).map((line) => line.replace(/ .* /, ' '))).toEqual([
      '2026-11-16 daily_eod',
      '2026-11-17 reconstructed',
      '2026-11-18 reconstructed',
      '2026-11-19 reconstructed',
      '2026-11-20 daily_eod',
    ]);
  });

  it('that broke tells the user at once', async () => {
    const harness = await openWaiting();
    harness.changeConnection('connection-1', { disabledSince: toInstant('2026-11-20T22:00:00Z') });
    const receiver = await receive(harness);
    receiver.now = '2026-11-21T03:00:00Z';
    await receiver.emit('CONNECTION_BROKEN');
    expect((await harness.history(receiver.now)).connections).toMatchObject([{ status: 'disabled' }]);
  });

  it('touches no other connection of anybody', async () => {
    const others = [
      user({
        connections: [
          connection(),
          connection({ id: 'connection-2', accounts: [account({ id: 'account-2' })] }),
        ],
      }),
      user({
        userId: 'user-2',
        connections: [connection({ id: 'connection-3', accounts: [account({ id: 'account-3' })] })],
      }),
    ];
    const harness = await openWaiting({ users: others });
    const receiver = await receive(harness);
    await receiver.emit('CONNECTION_UPDATED');
    expect(harness.takeRequests()).toEqual([
      'getConnection connection-1',
      'listConnectionAccounts connection-1',
    ]);
  });

  it('that we do not know, or of an unknown kind, is answered with 200 and does nothing', async () => {
    const harness = await openWaiting();
    await harness.stack.sql`update brokerage_connections set status = 'removed'`;
    const receiver = await receive(harness);
    expect(await receiver.emit('CONNECTION_ADDED')).toBe(200);
    expect(await receiver.emit('SOMETHING_NEW')).toBe(200);
    expect(receiver.outcomes).toEqual(['unknown_connection', 'ignored']);
    expect(harness.takeRequests()).toEqual([]);
  });
});

describe('a delivery that SnapTrade did not sign', () => {
  it.each([{}, { Signature: 'bm90IHRoZSBzaWduYXR1cmU=' }])(
    'is refused and changes nothing (%o)',
    async (headers) => {
      const harness = await openWaiting();
      const before = await readTables(harness.stack);
      const { webhookReceiver, outcomes } = await receive(harness);
      const body = JSON.stringify({
        webhookId: 'forged',
        eventType: 'CONNECTION_FIXED',
        brokerageAuthorizationId: 'connection-1',
      });

      await fetch(webhookReceiver.url, { method: 'POST', headers, body });

      expect(outcomes).toEqual(['unauthenticated']);
      expect(harness.takeRequests()).toEqual([]);
      expect(await readTables(harness.stack)).toEqual(before);
    },
  );
});
