import { describe, expect, it } from 'vitest';
import { listObservations, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
/** Friday night, when a day that was not captured is asked for again. */
const MIDNIGHT = '2026-11-21T00:00:00Z';
const SATURDAY = '2026-11-21T23:00:00Z';

async function lastPublished(harness: WorkerHarness): Promise<string | undefined> {
  return (await listPublished(harness.stack, harness.userId())).at(-1);
}

async function openedOnThursday(parts: Parameters<typeof account>[0] = {}): Promise<WorkerHarness> {
  const harness = await harnesses.open(
    scenario({ accounts: [account({ openedOn: '2026-11-16', ...parts })] }),
  );
  await harness.tick(THURSDAY_NIGHT);
  return harness;
}

describe('an absurd answer', () => {
  it.each([
    {
      name: 'a zero where there was money',
      effect: { type: 'zero_total' },
      line: '0 daily_eod held: unexplained_zero',
    },
    {
      name: 'ten times the value',
      effect: { type: 'scale', factor: '10' },
      line: '100000 daily_eod held: unexplained_swing',
    },
    {
      name: 'a hundredth of the value',
      effect: { type: 'scale', factor: '0.01' },
      line: '100 daily_eod held: unexplained_swing',
    },
  ] as const)('($name) is held: nothing is published and the live value stays', async ({ effect, line }) => {
    const harness = await openedOnThursday();
    harness.addFault(effect);

    const run = await harness.tick(FRIDAY_NIGHT);

    expect(run.counts).toMatchObject({ held: 1, captured: 0, published: 0 });
    expect((await listObservations(harness.stack)).at(-1)).toBe(`account-1 2026-11-20 ${line}`);
    expect(await lastPublished(harness)).toBe('2026-11-19 10000 daily_eod');
    const { gaps, live } = await harness.history(FRIDAY_NIGHT);
    expect(gaps).toMatchObject([{ from: '2026-11-20', reason: 'held', final: false }]);
    expect(live?.value).toBe('10000');
  });

  it('is asked again, and the ordinary value that follows stands', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'zero_total' });
    await harness.tick(FRIDAY_NIGHT);
    harness.endFaults();

    await harness.tick(MIDNIGHT);

    expect(await lastPublished(harness)).toBe('2026-11-20 10000 daily_eod');
    expect(await listObservations(harness.stack)).toContain(
      'account-1 2026-11-20 0 daily_eod held: unexplained_zero',
    );
  });

  it('that is repeated in the same night confirms nothing, since no session lies between', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });

    for (const at of [FRIDAY_NIGHT, MIDNIGHT, '2026-11-21T12:00:00Z', SATURDAY]) await harness.tick(at);

    expect(await lastPublished(harness)).toBe('2026-11-19 10000 daily_eod');
    expect((await harness.history(SATURDAY)).live?.value).toBe('10000');
  });

  it('that proves true on the next trading day is released', async () => {
    const harness = await openedOnThursday({
      overrides: { '2026-11-20': '-1234.56', '2026-11-23': '-1300' },
    });
    await harness.tick(FRIDAY_NIGHT);
    expect(await lastPublished(harness)).toBe('2026-11-19 10000 daily_eod');

    await harness.tick('2026-11-23T22:30:00Z');

    const published = await listPublished(harness.stack, harness.userId());
    expect(published.slice(-2)).toEqual(['2026-11-20 -1234.56 daily_eod', '2026-11-23 -1300 daily_eod']);
  });
});

describe('a true value that looks odd', () => {
  it('(zero after everything was withdrawn) is stored once the withdrawal is known', async () => {
    const harness = await openedOnThursday({
      flows: [
        { date: '2026-11-16', amount: '10000', type: 'CONTRIBUTION' },
        { date: '2026-11-20', amount: 'everything', type: 'WITHDRAWAL' },
      ],
    });

    // Movements come a day late, so on Friday night nothing explains the zero yet.
    await harness.tick(FRIDAY_NIGHT);
    expect(await lastPublished(harness)).toBe('2026-11-19 10000 daily_eod');

    await harness.tick(SATURDAY);
    expect(await lastPublished(harness)).toBe('2026-11-20 0 daily_eod');
    expect((await harness.history(SATURDAY)).summary).toMatchObject({
      netDeposits: '-10000',
      marketChange: '0',
    });
  });

  it('(zero on every day that follows) stays stored as zero', async () => {
    const harness = await openedOnThursday({
      flows: [
        { date: '2026-11-16', amount: '10000', type: 'CONTRIBUTION' },
        { date: '2026-11-20', amount: 'everything', type: 'WITHDRAWAL' },
      ],
    });
    await harness.tick(SATURDAY);
    await harness.tick('2026-11-23T22:30:00Z');

    expect(await lastPublished(harness)).toBe('2026-11-23 0 daily_eod');
  });

  it('(a negative margin account) is stored as it is', async () => {
    const harness = await openedOnThursday({
      overrides: { '2026-11-19': '-1300.5', '2026-11-20': '-1234.56' },
    });
    await harness.tick(FRIDAY_NIGHT);

    const published = await listPublished(harness.stack, harness.userId());
    expect(published.slice(-2)).toEqual(['2026-11-19 -1300.5 daily_eod', '2026-11-20 -1234.56 daily_eod']);
    expect((await harness.history(FRIDAY_NIGHT)).live?.value).toBe('-1234.56');
  });

  it('(twice as much after a deposit) passes, since the deposit explains it', async () => {
    const harness = await openedOnThursday({
      flows: [
        { date: '2026-11-16', amount: '1000', type: 'CONTRIBUTION' },
        { date: '2026-11-20', amount: '99000', type: 'CONTRIBUTION' },
      ],
    });

    await harness.tick(SATURDAY);

    expect(await lastPublished(harness)).toBe('2026-11-20 100000 daily_eod');
    expect((await harness.history(SATURDAY)).summary).toMatchObject({
      netDeposits: '99000',
      marketChange: '0',
    });
  });
});
