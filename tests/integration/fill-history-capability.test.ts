import { describe, expect, it } from 'vitest';
import { tickEachEvening } from '../support/alert-harness';
import { listObservations, listOutcomes, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const HISTORY = 'getAccountBalanceHistory account-1';
const REPORTING = 'getReportingCustomRange';
const OPENED = { openedOn: '2026-10-01', investedShare: 1 } as const;

function countHistoryRequests(harness: WorkerHarness): number {
  return harness.takeRequests().filter((line) => line === HISTORY).length;
}

/** Linked on Friday, 2026-11-13; the following Monday to Wednesday were missed. */
async function missThreeDays(harness: WorkerHarness): Promise<void> {
  await tickEachEvening(harness, '2026-11-13', '2026-11-13');
  harness.takeRequests();
  await tickEachEvening(harness, '2026-11-19', '2026-11-19');
}

const MISSED = ['2026-11-16', '2026-11-17', '2026-11-18'];

describe('a provider that has no history', () => {
  it('leaves the days as gaps for a final reason, though today is captured', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [account({ ...OPENED, historyEnabled: false })] }),
    );
    await missThreeDays(harness);

    expect(await listOutcomes(harness.stack)).toEqual(
      MISSED.map((date) => `account-1 ${date} provider_cannot 1 attempts final`),
    );
    const { gaps, points } = await harness.history('2026-11-19T22:30:00Z');
    expect(gaps).toMatchObject([
      { from: '2026-11-16', to: '2026-11-18', days: 3, reason: 'provider_cannot', final: true },
    ]);
    expect(points.at(-1)).toMatchObject({ date: '2026-11-19', kind: 'daily_eod' });
  });

  it('is not asked for it again for a week', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [account({ ...OPENED, historyEnabled: false })] }),
    );
    await missThreeDays(harness);
    await tickEachEvening(harness, '2026-11-20', '2026-11-25');

    expect(countHistoryRequests(harness)).toBe(0);
  });

  it('is asked again after it, and the days heal when it was switched on meanwhile', async () => {
    const harness = await harnesses.open(
      scenario({ accounts: [account({ ...OPENED, historyEnabled: false })] }),
    );
    await missThreeDays(harness);
    harness.changeAccount('account-1', { historyEnabled: true });
    harness.takeRequests();

    await tickEachEvening(harness, '2026-11-27', '2026-11-27');

    expect(countHistoryRequests(harness)).toBe(1);
    const published = await listPublished(harness.stack, harness.userId());
    for (const date of MISSED) {
      expect(published).toContain(`${date} ${harness.brokerTotal(date, 'account-1')} reconstructed`);
    }
    expect((await harness.history('2026-11-27T20:00:00Z')).gaps).toMatchObject([]);
  });
});

describe('the retired reporting call', () => {
  const WITHOUT_HISTORY = { accounts: [account({ ...OPENED, historyEnabled: false })] };

  it('is never asked unless it is configured', async () => {
    const harness = await harnesses.open(scenario({ ...WITHOUT_HISTORY, legacyReporting: 'on' }));
    await harness.tick(FRIDAY_NIGHT);

    expect(harness.takeRequests().filter((line) => line.startsWith(REPORTING))).toEqual([]);
  });

  it('fills the year where it still answers', async () => {
    const harness = await harnesses.open(scenario({ ...WITHOUT_HISTORY, legacyReporting: 'on' }));
    await harness.tick(FRIDAY_NIGHT, { legacyReporting: true });

    const published = await listPublished(harness.stack, harness.userId());
    expect(published.at(0)).toBe(
      `2026-10-01 ${harness.brokerTotal('2026-10-01', 'account-1')} reconstructed`,
    );
    expect((await harness.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });

  it('that answers almost only zeros is held: no zero is ever published', async () => {
    const harness = await harnesses.open(scenario({ ...WITHOUT_HISTORY, legacyReporting: 'mostly_zeros' }));
    const run = await harness.tick(FRIDAY_NIGHT, { legacyReporting: true });

    expect(run.counts).toMatchObject({ reconstructed: 0, captured: 1 });
    expect(await listPublished(harness.stack, harness.userId())).toEqual([
      `2026-11-20 ${harness.brokerTotal('2026-11-20', 'account-1')} daily_eod`,
    ]);
    const held = (await listObservations(harness.stack)).filter((line) => line.includes('reconstructed'));
    expect(held.filter((line) => !line.endsWith('held: mostly_zeros'))).toEqual([]);
  });

  it('that answers almost only zeros about missed days leaves them as gaps', async () => {
    const harness = await harnesses.open(scenario({ ...WITHOUT_HISTORY, legacyReporting: 'mostly_zeros' }));
    await harness.tick('2026-10-30T22:00:00Z', { legacyReporting: true });
    await harness.tick(FRIDAY_NIGHT, { legacyReporting: true });

    const { gaps, points } = await harness.history(FRIDAY_NIGHT);
    expect(gaps).toMatchObject([{ from: '2026-11-02', to: '2026-11-19', reason: 'held', final: false }]);
    expect(points.map(({ date }) => date)).toEqual(['2026-10-30', '2026-11-20']);
  });
});

describe('a day that the history of the broker lacks', () => {
  const LACKS_ONE_DAY = scenario({ accounts: [account({ ...OPENED, overrides: { '2026-11-17': null } })] });

  it('stays a gap while its neighbours heal, and is asked for once a day', async () => {
    const harness = await harnesses.open(LACKS_ONE_DAY);
    await missThreeDays(harness);

    expect(await listOutcomes(harness.stack)).toEqual([
      'account-1 2026-11-17 provider_had_nothing 1 attempts',
    ]);
    expect((await harness.history('2026-11-19T22:30:00Z')).gaps).toMatchObject([
      { from: '2026-11-17', to: '2026-11-17', reason: 'provider_had_nothing', final: false },
    ]);
    expect(countHistoryRequests(harness)).toBe(1);

    await harness.tick('2026-11-20T21:45:00Z');
    expect(countHistoryRequests(harness)).toBe(0);
    await harness.tick('2026-11-20T22:30:00Z');
    expect(countHistoryRequests(harness)).toBe(1);
  });

  it('is given up after five attempts, for a final reason, and not asked for again', async () => {
    const harness = await harnesses.open(LACKS_ONE_DAY);
    await missThreeDays(harness);
    harness.takeRequests();

    await tickEachEvening(harness, '2026-11-20', '2026-11-25');

    expect(countHistoryRequests(harness)).toBe(4);
    expect(await listOutcomes(harness.stack)).toEqual([
      'account-1 2026-11-17 provider_had_nothing 5 attempts final',
    ]);
    await tickEachEvening(harness, '2026-11-30', '2026-12-02');
    expect(countHistoryRequests(harness)).toBe(1);
    expect((await harness.history('2026-12-02T22:30:00Z')).gaps).toMatchObject([
      {
        from: '2026-11-17',
        to: '2026-11-17',
        reason: 'provider_had_nothing',
        final: true,
        nextAttemptAt: null,
      },
    ]);
  });

  it('heals when the broker has it one day', async () => {
    const harness = await harnesses.open(LACKS_ONE_DAY);
    await missThreeDays(harness);
    harness.changeAccount('account-1', { overrides: {} });

    await tickEachEvening(harness, '2026-11-20', '2026-11-20');

    expect((await harness.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });
});
