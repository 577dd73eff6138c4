import fc from 'fast-check';
import { expect, test } from 'vitest';
import { account, connection, scenario, user } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const NIGHT_BEFORE = '2026-11-17T22:30:00Z';
const CLOSE_SETTLED = Date.parse('2026-11-18T21:30:00Z');
const NEXT_OPEN = Date.parse('2026-11-19T14:30:00Z');
const MINUTE_MS = 60_000;

/** What may be wrong with a connection in an evening, and what that makes of it. */
const TROUBLES = [
  { name: 'nothing', isHealthy: true },
  { name: 'no answer at all', isHealthy: false, effect: { type: 'status', status: 503 }, of: 'everything' },
  { name: 'no answer at first', isHealthy: true, effect: { type: 'status', status: 503 }, of: 'first' },
  { name: 'no total of one account', isHealthy: false, effect: { type: 'null_total' }, of: 'account' },
  { name: 'a history without sense', isHealthy: true, effect: { type: 'malformed' }, of: 'history' },
  { name: 'movements of nobody', isHealthy: true, effect: { type: 'status', status: 404 }, of: 'movements' },
  {
    name: 'no answer about movements',
    isHealthy: true,
    effect: { type: 'status', status: 503 },
    of: 'movements',
  },
  {
    name: 'values of the morning',
    isHealthy: false,
    effect: { type: 'stale', asOf: '2026-11-18T15:00:00Z' },
    of: 'everything',
  },
] as const;

const connections = fc.record({
  accounts: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
  trouble: fc.constantFrom(...TROUBLES),
});
const evenings = fc.record({
  connections: fc.array(connections, { minLength: 2, maxLength: 6 }),
  perMinute: fc.integer({ min: 6, max: 60 }),
  pauses: fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 10, maxLength: 10 }),
});
type Evening = typeof evenings extends fc.Arbitrary<infer T> ? T : never;

const idOf = (connectionIndex: number, accountIndex: number) => `account-${connectionIndex}-${accountIndex}`;

async function meetEverybody(evening: Evening): Promise<WorkerHarness> {
  const harness = await harnesses.open(
    scenario({
      users: evening.connections.map(({ accounts }, index) =>
        user({
          userId: `user-${index}`,
          connections: [
            connection({
              id: `connection-${index}`,
              accounts: accounts.map((historyEnabled, accountIndex) =>
                account({ id: idOf(index, accountIndex), openedOn: '2026-11-02', historyEnabled }),
              ),
            }),
          ],
        }),
      ),
      rateLimitPerMinute: 100_000,
    }),
  );
  await harness.tick(NIGHT_BEFORE);
  await harness.passTime(20 * 60 * MINUTE_MS);
  harness.takeRequests();
  return harness;
}

function makeTrouble(harness: WorkerHarness, { connections: all }: Evening): void {
  all.forEach(({ trouble }, index) => {
    if (!('of' in trouble)) return;
    const connectionId = `connection-${index}`;
    const match = {
      everything: { connectionId },
      first: { connectionId, operation: 'listConnectionAccounts' },
      account: { accountId: idOf(index, 0) },
      history: { connectionId, operation: 'getAccountBalanceHistory' },
      movements: { connectionId, operation: 'getAccountActivities' },
    } as const;
    harness.addFault(trouble.effect, {
      match: match[trouble.of],
      ...(trouble.of === 'first' ? { times: 1 } : {}),
    });
  });
}

/** Ticks through the evening as often as it says, and then every quarter of an hour before the open. */
async function playEvening(harness: WorkerHarness, { pauses, perMinute }: Evening): Promise<void> {
  const lastHour = [75, 60, 45, 30, 16].map((minutes) => NEXT_OPEN - minutes * MINUTE_MS);
  let at = CLOSE_SETTLED;
  const early = pauses.map((pause) => {
    at += pause * MINUTE_MS;
    return at;
  });
  let before = CLOSE_SETTLED;
  for (const instant of [...early, ...lastHour].toSorted((a, b) => a - b)) {
    await harness.passTime(instant - before);
    before = instant;
    await harness.tick(new Date(instant).toISOString(), { perMinute });
  }
}

/** Totals that have to be put together cost more than the budget has at once: what was asked once went round for ever. */
const OUT_OF_BUDGET_HALFWAY: Evening = {
  connections: [0, 1].map(() => ({ accounts: [false], trouble: TROUBLES[3] })),
  perMinute: 6,
  pauses: Array.from({ length: 10 }, () => 5),
};

test('one evening asks each question four times a day at most, and captures every healthy connection before the open', async () => {
  await fc.assert(
    fc.asyncProperty(evenings, async (evening) => {
      const harness = await meetEverybody(evening);
      makeTrouble(harness, evening);

      await playEvening(harness, evening);

      const counts = Map.groupBy(harness.takeRequests(), (line) => line);
      for (const [question, asked] of counts) expect([question, asked.length <= 4]).toEqual([question, true]);
      const captured = await harness.stack.sql`
        select a.external_id as id from current_values v join accounts a on a.id = v.account_id
        where v.value_date = '2026-11-18' and v.kind = 'daily_eod'`;
      const ids = new Set(captured.map(({ id }) => id));
      evening.connections.forEach(({ accounts, trouble }, index) => {
        if (!trouble.isHealthy) return;
        for (const [accountIndex] of accounts.entries()) expect(ids).toContain(idOf(index, accountIndex));
      });
    }),
    // An evening takes seconds, so a failure is not shrunk beyond the limit of the test.
    { numRuns: 5, endOnFailure: true, examples: [[OUT_OF_BUDGET_HALFWAY]] },
  );
});
