import { describe, expect, it } from 'vitest';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const OPENED = { openedOn: '2026-11-02', investedShare: 1 } as const;
const FIRST = account(OPENED);
const SECOND = account({ ...OPENED, id: 'account-2', investedShare: 0.5 });

describe('an account that was closed', () => {
  it('is no longer expected, while its past stays in the totals', async () => {
    const harness = await harnesses.open(scenario({ accounts: [FIRST, SECOND] }));
    await harness.tick(THURSDAY_NIGHT);
    harness.changeAccount('account-2', { status: 'closed' });

    await harness.tick(FRIDAY_NIGHT);

    const published = await readPublished(harness.stack, harness.userId());
    expect(published.slice(-2)).toMatchObject([
      { date: '2026-11-19', expected: 2, value: harness.brokerTotal('2026-11-19', 'account-1', 'account-2') },
      {
        date: '2026-11-20',
        expected: 1,
        kind: 'daily_eod',
        value: harness.brokerTotal('2026-11-20', 'account-1'),
      },
    ]);
    expect((await harness.history(FRIDAY_NIGHT)).gaps).toEqual([]);
  });

  it('costs no further question about itself', async () => {
    const harness = await harnesses.open(scenario({ accounts: [FIRST, SECOND] }));
    await harness.tick(THURSDAY_NIGHT);
    harness.changeAccount('account-2', { status: 'closed' });
    await harness.tick(FRIDAY_NIGHT);
    harness.takeRequests();

    await harness.tick('2026-11-23T22:30:00Z');

    expect(harness.takeRequests().filter((line) => line.endsWith('account-2'))).toEqual([]);
  });

  it('is expected again when it is open after all', async () => {
    const harness = await harnesses.open(scenario({ accounts: [FIRST, SECOND] }));
    await harness.tick('2026-11-18T22:30:00Z');
    harness.changeAccount('account-2', { status: 'closed' });
    await harness.tick(THURSDAY_NIGHT);
    harness.changeAccount('account-2', { status: 'open' });

    await harness.tick(FRIDAY_NIGHT);
    await harness.tick('2026-11-20T22:35:00Z');

    const published = await readPublished(harness.stack, harness.userId());
    expect(published.slice(-2)).toMatchObject([
      { date: '2026-11-19', expected: 2, value: harness.brokerTotal('2026-11-19', 'account-1', 'account-2') },
      { date: '2026-11-20', expected: 2, value: harness.brokerTotal('2026-11-20', 'account-1', 'account-2') },
    ]);
  });
});

describe('what is no asset', () => {
  it.each([
    { name: 'a credit line', parts: { category: 'LOC' } },
    { name: 'a paper account', parts: { isPaper: true } },
  ] as const)('($name) never counts in a total, and is never asked for its history', async ({ parts }) => {
    const harness = await harnesses.open(
      scenario({ accounts: [FIRST, account({ ...OPENED, id: 'no-asset', ...parts })] }),
    );
    await harness.tick(THURSDAY_NIGHT);
    await harness.tick(FRIDAY_NIGHT);

    const published = await readPublished(harness.stack, harness.userId());
    expect(published.map(({ value, expected }) => ({ value, expected }))).toEqual(
      published.map(({ date }) => ({ value: harness.brokerTotal(date, 'account-1'), expected: 1 })),
    );
    expect(harness.takeRequests().filter((line) => line.endsWith('no-asset'))).toEqual([]);
    expect((await harness.history(FRIDAY_NIGHT)).live?.value).toBe(
      harness.brokerTotal('2026-11-20', 'account-1'),
    );
  });

  it('that is all a user has leaves no points, no gaps and no questions', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account({ ...OPENED, category: 'LOC' })] }));
    await harness.tick(THURSDAY_NIGHT);
    harness.takeRequests();
    await harness.tick(FRIDAY_NIGHT);

    const { points, gaps, live } = await harness.history(FRIDAY_NIGHT);
    expect({ points, gaps, live }).toEqual({ points: [], gaps: [], live: null });
    expect(harness.takeRequests()).toEqual([]);
  });
});
