import { describe, expect, it } from 'vitest';
import { listCorrections, listOutcomes, readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
/** Friday night, when a day that was not captured is asked for again. */
const MIDNIGHT = '2026-11-21T00:00:00Z';
const ALL = ['account-1', 'account-2', 'account-3'];

/** Three accounts of one connection whose values all move. */
const THREE_ACCOUNTS = ALL.map((id, index) =>
  account({ id, name: id, investedShare: 1 - index / 4, openedOn: '2026-10-01' }),
);

const MISSING_ACCOUNT = [
  { name: 'is left out of the answer', effect: { type: 'omit_account', accountId: 'account-3' }, match: {} },
  { name: 'has no total', effect: { type: 'null_total' }, match: { accountId: 'account-3' } },
] as const;

async function readFriday(harness: WorkerHarness) {
  const published = await readPublished(harness.stack, harness.userId());
  return published.find(({ date }) => date === '2026-11-20') ?? null;
}

describe('a day on which one account of three', () => {
  it.each(MISSING_ACCOUNT)(
    '$name is an estimate that says so, never a smaller total',
    async ({ effect, match }) => {
      const harness = await harnesses.open(scenario({ accounts: THREE_ACCOUNTS }));
      await harness.tick(THURSDAY_NIGHT);
      harness.addFault(effect, { match });

      await harness.tick(FRIDAY_NIGHT);

      const fridayOfTwo = Number(harness.brokerTotal('2026-11-20', 'account-1', 'account-2'));
      const thursdayOfThird = Number(harness.brokerTotal('2026-11-19', 'account-3'));
      const friday = await readFriday(harness);
      expect(friday).toMatchObject({
        kind: 'estimated',
        expected: 3,
        present: 2,
        carried: ['account-3 from 2026-11-19'],
      });
      expect(Number(friday?.value)).toBeCloseTo(fridayOfTwo + thursdayOfThird, 6);
    },
  );

  it.each(MISSING_ACCOUNT)(
    '$name is upgraded when the value arrives, and the change is on record',
    async ({ effect, match }) => {
      const harness = await harnesses.open(scenario({ accounts: THREE_ACCOUNTS }));
      await harness.tick(THURSDAY_NIGHT);
      harness.addFault(effect, { match });
      await harness.tick(FRIDAY_NIGHT);
      const estimate = await readFriday(harness);
      harness.endFaults();

      await harness.tick(MIDNIGHT);

      const total = harness.brokerTotal('2026-11-20', ...ALL);
      expect(await readFriday(harness)).toMatchObject({
        value: total,
        kind: 'daily_eod',
        present: 3,
        carried: [],
      });
      expect(await listCorrections(harness.stack, harness.userId())).toEqual([
        `2026-11-20 ${estimate?.value} estimated -> ${total} daily_eod: completed`,
      ]);
    },
  );

  it('is linked and has no total yet is an estimate that says so', async () => {
    const harness = await harnesses.open(scenario({ accounts: THREE_ACCOUNTS }));
    harness.addFault({ type: 'null_total' }, { match: { accountId: 'account-3' } });

    await harness.tick(FRIDAY_NIGHT);

    expect(await readFriday(harness)).toMatchObject({
      kind: 'estimated',
      present: 2,
      carried: ['account-3 from 2026-11-19'],
    });
    expect(await listOutcomes(harness.stack)).toEqual([
      'account-3 2026-11-20 not_yet_due 1 attempts: total_missing',
    ]);
    harness.endFaults();
    await harness.tick(MIDNIGHT);
    expect(await readFriday(harness)).toMatchObject({
      kind: 'daily_eod',
      value: harness.brokerTotal('2026-11-20', ...ALL),
    });
  });

  it('was left out of the first answer waits for nobody, and counts from the day it is met', async () => {
    const harness = await harnesses.open(scenario({ accounts: THREE_ACCOUNTS }));
    harness.addFault({ type: 'omit_account', accountId: 'account-3' });
    await harness.tick(THURSDAY_NIGHT);
    harness.endFaults();

    await harness.tick(FRIDAY_NIGHT);

    expect(await readFriday(harness)).toMatchObject({
      expected: 3,
      value: harness.brokerTotal('2026-11-20', ...ALL),
    });
    const published = await readPublished(harness.stack, harness.userId());
    expect(published.find(({ date }) => date === '2026-11-18')).toMatchObject({
      expected: 3,
      value: harness.brokerTotal('2026-11-18', ...ALL),
    });
  });

  it('belongs to another connection that failed is an estimate as well', async () => {
    const harness = await harnesses.open(
      scenario({
        users: [
          {
            userId: 'user-1',
            userSecret: 'secret-of-user-1',
            connections: [
              { id: 'connection-1', accounts: THREE_ACCOUNTS.slice(0, 2) },
              { id: 'connection-2', accounts: THREE_ACCOUNTS.slice(2) },
            ],
          },
        ],
      }),
    );
    await harness.tick(THURSDAY_NIGHT);
    harness.addFault({ type: 'status', status: 500 }, { match: { connectionId: 'connection-2' } });
    await harness.tick(FRIDAY_NIGHT);

    expect(await readFriday(harness)).toMatchObject({
      kind: 'estimated',
      carried: ['account-3 from 2026-11-19'],
    });
    harness.endFaults();
    await harness.tick(MIDNIGHT);
    expect(await readFriday(harness)).toMatchObject({
      kind: 'daily_eod',
      value: harness.brokerTotal('2026-11-20', ...ALL),
    });
  });
});
