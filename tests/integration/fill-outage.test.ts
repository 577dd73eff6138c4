import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { tickEachEvening } from '../support/alert-harness';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const TWO_ACCOUNTS = scenario({
  accounts: [account({ investedShare: 1 }), account({ id: 'account-2', investedShare: 0.5 })],
});

async function readObservationRows({ stack }: WorkerHarness): Promise<readonly string[]> {
  const rows = await stack.sql`select to_jsonb(v)::text as row from account_values v order by id`;
  return rows.map(({ row }) => String(row));
}

/** The published line from the first captured day on must be the broker's own, without a hole. */
async function expectWholeLine(harness: WorkerHarness, from: string, to: string): Promise<void> {
  const published = await readPublished(harness.stack, harness.userId());
  const line = published.filter(({ date }) => date >= from).map(({ date, value }) => ({ date, value }));
  expect(line).toEqual(
    tradingSessions(from, to).map(({ date }) => ({
      date,
      value: harness.brokerTotal(date, 'account-1', 'account-2'),
    })),
  );
  expect((await harness.history(`${to}T23:00:00Z`)).gaps).toEqual([]);
}

describe('an outage', () => {
  it.each([
    { name: 'five days', lastSeen: '2026-11-12', capturedFrom: '2026-11-10', firstMissed: '2026-11-13' },
    { name: 'five months', lastSeen: '2026-06-18', capturedFrom: '2026-06-16', firstMissed: '2026-06-22' },
  ])(
    'of $name heals on the next tick with one history request per account',
    async ({ lastSeen, capturedFrom, firstMissed }) => {
      const harness = await harnesses.open(TWO_ACCOUNTS);
      await tickEachEvening(harness, capturedFrom, lastSeen);
      harness.takeRequests();

      const run = await harness.tick(FRIDAY_NIGHT);

      const asked = harness.takeRequests();
      // In which order accounts are asked is nobody's promise.
      expect(asked.filter((line) => line.startsWith('getAccountBalanceHistory')).toSorted()).toEqual([
        'getAccountBalanceHistory account-1',
        'getAccountBalanceHistory account-2',
      ]);
      expect(asked.filter((line) => line.startsWith('listConnectionAccounts'))).toHaveLength(1);
      expect(run).toMatchObject({ status: 'complete', reasons: {} });
      await expectWholeLine(harness, capturedFrom, '2026-11-20');
      const kinds = (await readPublished(harness.stack, harness.userId())).map(({ date, kind }) => ({
        date,
        kind,
      }));
      expect(kinds).toContainEqual({ date: lastSeen, kind: 'daily_eod' });
      expect(kinds).toContainEqual({ date: firstMissed, kind: 'reconstructed' });
      expect(kinds).toContainEqual({ date: '2026-11-20', kind: 'daily_eod' });
    },
  );

  it('leaves what was observed before it untouched, row for row', async () => {
    const harness = await harnesses.open(TWO_ACCOUNTS);
    await tickEachEvening(harness, '2026-11-10', '2026-11-12');
    harness.takeRequests();
    const before = await readObservationRows(harness);
    const snapshotsBefore = await readPublished(harness.stack, harness.userId());

    await harness.tick(FRIDAY_NIGHT);

    expect((await readObservationRows(harness)).slice(0, before.length)).toEqual(before);
    const snapshotsAfter = await readPublished(harness.stack, harness.userId());
    expect(snapshotsAfter.slice(0, snapshotsBefore.length)).toEqual(snapshotsBefore);
    const corrections = await harness.stack.sql`select from snapshot_corrections`;
    expect(corrections).toHaveLength(0);
  });

  it('that goes on past the next open leaves its last day to the history of the broker', async () => {
    const harness = await harnesses.open(TWO_ACCOUNTS);
    await tickEachEvening(harness, '2026-11-17', '2026-11-18');
    harness.takeRequests();

    // Friday at noon in New York: Thursday can no longer be captured.
    await harness.tick('2026-11-20T17:00:00Z');

    const published = await readPublished(harness.stack, harness.userId());
    expect(published.at(-1)).toMatchObject({
      date: '2026-11-19',
      value: harness.brokerTotal('2026-11-19', 'account-1', 'account-2'),
      kind: 'reconstructed',
    });
  });
});
