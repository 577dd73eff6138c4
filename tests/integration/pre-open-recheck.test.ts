import { describe, expect, it } from 'vitest';
import { listCorrections, listObservations, listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
/** Friday in New York, in standard time: the hours of the pre-open recheck, and those around them. */
const BEFORE_SEVEN = '2026-11-20T11:45:00Z';
const AT_SEVEN = '2026-11-20T12:00:00Z';
const LATER = '2026-11-20T13:00:00Z';
const PRE_OPEN_RECHECK = { preOpenRecheck: true };
const VALUES = ['getConnection connection-1', 'listConnectionAccounts connection-1'];
const RESTATED = { overrides: { '2026-11-19': '10100' } };

async function capturedOnThursday(): Promise<WorkerHarness> {
  const harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-11-16' })] }));
  await harness.tick(THURSDAY_NIGHT, PRE_OPEN_RECHECK);
  harness.takeRequests();
  return harness;
}

describe('a pre-open recheck of a captured day', () => {
  it('finds what the broker corrected overnight: both words are kept, the later stands, the change is on record', async () => {
    const harness = await capturedOnThursday();
    harness.changeAccount('account-1', RESTATED);

    await harness.tick(AT_SEVEN, PRE_OPEN_RECHECK);

    const thursday = (await listObservations(harness.stack)).filter((line) => line.includes('2026-11-19'));
    expect(thursday).toEqual([
      'account-1 2026-11-19 10000 daily_eod superseded',
      'account-1 2026-11-19 10100 daily_eod',
    ]);
    expect((await listPublished(harness.stack, harness.userId())).at(-1)).toBe('2026-11-19 10100 daily_eod');
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([
      '2026-11-19 10000 daily_eod -> 10100 daily_eod: restated',
    ]);
  });

  it('costs one reading for each connection and day, however often the scheduler calls', async () => {
    const harness = await capturedOnThursday();
    for (const at of [BEFORE_SEVEN, AT_SEVEN, LATER, '2026-11-20T14:25:00Z'])
      await harness.tick(at, PRE_OPEN_RECHECK);
    expect(harness.takeRequests()).toEqual(VALUES);
    expect(await listCorrections(harness.stack, harness.userId())).toEqual([]);
  });

  it('is not made before seven, nor in the last minutes before the open', async () => {
    const harness = await capturedOnThursday();
    for (const at of [BEFORE_SEVEN, '2026-11-20T14:26:00Z']) await harness.tick(at, PRE_OPEN_RECHECK);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('is not made where the operator has not switched it on', async () => {
    const harness = await capturedOnThursday();
    harness.changeAccount('account-1', RESTATED);
    await harness.tick(AT_SEVEN);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('is not made of a day that was captured in the same hours', async () => {
    const harness = await harnesses.open(scenario({ accounts: [account({ openedOn: '2026-11-16' })] }));
    await harness.tick(AT_SEVEN, PRE_OPEN_RECHECK);
    harness.takeRequests();
    await harness.tick(LATER, PRE_OPEN_RECHECK);
    expect(harness.takeRequests()).toEqual([]);
  });

  it('holds a correction that is absurd, and what was captured stays', async () => {
    const harness = await capturedOnThursday();
    harness.addFault({ type: 'scale', factor: '100' });
    await harness.tick(AT_SEVEN, PRE_OPEN_RECHECK);
    expect((await listPublished(harness.stack, harness.userId())).at(-1)).toBe('2026-11-19 10000 daily_eod');
    expect((await listObservations(harness.stack)).at(-1)).toContain('held: unexplained_swing');
  });

  it('that fails touches nothing, and the connection goes on in the evening', async () => {
    const harness = await capturedOnThursday();
    harness.addFault({ type: 'status', status: 503 });
    await harness.tick(AT_SEVEN, PRE_OPEN_RECHECK);
    harness.endFaults();
    await harness.tick('2026-11-20T22:30:00Z', PRE_OPEN_RECHECK);

    expect((await listPublished(harness.stack, harness.userId())).slice(-2)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 10000 daily_eod',
    ]);
    expect((await harness.history('2026-11-20T22:30:00Z')).gaps).toEqual([]);
  });

  it('leaves a broken connection alone', async () => {
    const harness = await harnesses.open(
      scenario({
        users: [
          user({
            connections: [
              connection({ accounts: [account({ openedOn: '2026-11-16' })] }),
              connection({
                id: 'connection-2',
                disabledSince: '2026-11-18T17:00:00Z',
                accounts: [account({ id: 'account-2', openedOn: '2026-11-16' })],
              }),
            ],
          }),
        ],
      }),
    );
    // Just long enough before seven for the broken one not to be looked at again by itself.
    await harness.tick('2026-11-20T10:00:00Z', PRE_OPEN_RECHECK);
    harness.takeRequests();
    await harness.tick(AT_SEVEN, PRE_OPEN_RECHECK);
    expect(harness.takeRequests()).toEqual(VALUES);
  });
});
