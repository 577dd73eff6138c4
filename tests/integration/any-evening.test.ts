import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toInstant } from '@/lib/domain/trading-date';
import { alpacaAccount } from '../support/alpaca-harness';
import { linkOwnAccount } from '../support/key-linking';
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
  { name: 'told to wait at first', isHealthy: true, effect: { type: 'status', status: 429 }, of: 'first' },
  { name: 'no answer in time at first', isHealthy: true, effect: { type: 'timeout' }, of: 'first' },
  {
    name: 'told to wait about movements',
    isHealthy: true,
    effect: { type: 'status', status: 429 },
    of: 'movements',
  },
  { name: 'nobody let in any more', isHealthy: false, of: 'connection' },
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
  /** Whether its user has an account at another provider too. */
  hasOther: fc.boolean(),
});
const evenings = fc.record({
  connections: fc.array(connections, { minLength: 2, maxLength: 6 }),
  perMinute: fc.integer({ min: 6, max: 60 }),
  pauses: fc.array(fc.integer({ min: 5, max: 90 }), { minLength: 8, maxLength: 8 }),
  /** How many ticks come at the same instant, as when a scheduler calls again before it was answered. */
  workers: fc.constantFrom(1, 2),
});
type Evening = typeof evenings extends fc.Arbitrary<infer T> ? T : never;

const idOf = (connectionIndex: number, accountIndex: number) => `account-${connectionIndex}-${accountIndex}`;
const otherIdOf = (connectionIndex: number) => `alpaca-${connectionIndex}`;
/** A broker that does not answer costs the test this long, once. */
const TIMEOUT_MS = 500;

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
      alpacaAccounts: evening.connections.flatMap(({ hasOther }, index) =>
        hasOther ? [alpacaAccount({ id: otherIdOf(index), openedOn: '2026-11-02' })] : [],
      ),
      rateLimitPerMinute: 100_000,
    }),
  );
  for (const [index, { hasOther }] of evening.connections.entries())
    if (hasOther)
      await linkOwnAccount(harness, harness.userId(`user-${index}`), NIGHT_BEFORE, otherIdOf(index));
  await harness.tick(NIGHT_BEFORE);
  await harness.passTime(20 * 60 * MINUTE_MS);
  harness.takeRequests();
  return harness;
}

function makeTrouble(harness: WorkerHarness, { connections: all }: Evening): void {
  all.forEach(({ trouble }, index) => {
    if (!('of' in trouble)) return;
    const connectionId = `connection-${index}`;
    if (trouble.of === 'connection') {
      harness.changeConnection(connectionId, { disabledSince: toInstant('2026-11-18T15:00:00Z') });
      return;
    }
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
async function playEvening(harness: WorkerHarness, { pauses, perMinute, workers }: Evening): Promise<void> {
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
    const tick = () => harness.tick(new Date(instant).toISOString(), { perMinute, timeoutMs: TIMEOUT_MS });
    await Promise.all(Array.from({ length: workers }, tick));
  }
}

const NO_TOTAL = TROUBLES.find(({ name }) => name === 'no total of one account') ?? TROUBLES[0];

/** Totals that have to be put together cost more than the budget has at once: what was asked once went round for ever. */
const OUT_OF_BUDGET_HALFWAY: Evening = {
  connections: [0, 1].map(() => ({ accounts: [false], trouble: NO_TOTAL, hasOther: false })),
  perMinute: 6,
  pauses: Array.from({ length: 8 }, () => 5),
  workers: 1,
};

/** `EVENINGS=200 npx vitest run --project integration tests/integration/any-evening.test.ts` plays more of them. */
const EVENINGS = Number(process.env.EVENINGS ?? 3);

/** How often each question was asked, as `operation connection-or-account`; who is told to wait was not heard. */
function countQuestions({ sandbox }: WorkerHarness): ReadonlyMap<string, number> {
  const asked = sandbox.state.requests.filter(({ status }) => status !== 429);
  const questions = Map.groupBy(
    asked,
    ({ operation, accountId, connectionId }) => `${operation} ${accountId ?? connectionId}`,
  );
  return new Map([...questions].map(([question, { length }]) => [question, length]));
}

/** The launch checklist limits how often what an account holds is read. */
const READS_MAX = 4;
/** How a connection itself is says so little without its totals that it is asked again where the budget ended between the two. */
const ABOUT_ITSELF_MAX = 2 * READS_MAX;

/** Questions of which one answer a day is enough, where nothing is the matter with the answer. */
const ONCE = { history: 'getAccountBalanceHistory', movements: 'getAccountActivities' } as const;

test(
  'one evening reads each account four times at most, movements and histories once, and captures every healthy connection before the open',
  async () => {
    await fc.assert(
      fc.asyncProperty(evenings, async (evening) => {
        const harness = await meetEverybody(evening);
        makeTrouble(harness, evening);

        await playEvening(harness, evening);

        const counts = countQuestions(harness);
        for (const [question, asked] of counts) {
          const limit = question.startsWith('getConnection ') ? ABOUT_ITSELF_MAX : READS_MAX;
          expect([question, asked <= limit]).toEqual([question, true]);
        }
        evening.connections.forEach(({ accounts, trouble }, index) => {
          const of = 'of' in trouble ? trouble.of : null;
          for (const [about, operation] of Object.entries(ONCE))
            for (const [accountIndex] of accounts.entries()) {
              const question = `${operation} ${idOf(index, accountIndex)}`;
              if (about !== of)
                expect([question, (counts.get(question) ?? 0) <= 1]).toEqual([question, true]);
            }
        });
        const captured = await harness.stack.sql`
          select a.external_id as id from current_values v join accounts a on a.id = v.account_id
          where v.value_date = '2026-11-18' and v.kind = 'daily_eod'`;
        const ids = new Set(captured.map(({ id }) => id));
        evening.connections.forEach(({ accounts, trouble, hasOther }, index) => {
          if (hasOther) expect(ids).toContain(otherIdOf(index));
          if (!trouble.isHealthy) return;
          for (const [accountIndex] of accounts.entries()) expect(ids).toContain(idOf(index, accountIndex));
        });
      }),
      // An evening takes seconds, so a failure is not shrunk beyond the limit of the test.
      { numRuns: EVENINGS, endOnFailure: true, examples: [[OUT_OF_BUDGET_HALFWAY]] },
    );
  },
  120_000 + EVENINGS * 30_000,
);
