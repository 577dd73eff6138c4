import { describe, expect, it } from 'vitest';
import { readHeldValues } from '@/lib/coverage/store';
import { judgeHeldValue } from '@/lib/fill/decide';
import { listObservations, listOutcomes, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { type FillBench, FRIDAY_NIGHT, prepareFillBench } from '../support/worker-harness';

const benches = prepareFillBench();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

async function openedOnThursday(parts: Parameters<typeof account>[0] = {}): Promise<FillBench> {
  const opened = account({ openedOn: '2026-11-16', historyEnabled: false, ...parts });
  const bench = await benches.open(scenario({ accounts: [opened] }));
  await bench.tick(THURSDAY_NIGHT);
  return bench;
}

const published = (bench: FillBench) => listPublished(bench.stack, bench.userId());
const judge = (bench: FillBench, verdict: { id: number; accept: boolean }) =>
  judgeHeldValue(
    bench.stack.admin,
    {
      id: verdict.id,
      verdict: verdict.accept ? 'accept' : 'reject',
      actorId: ADMINISTRATOR,
      reason: 'asked the broker',
    },
    new Date(MONDAY_NIGHT),
  );

const listActions = (bench: FillBench, heldId: number) =>
  bench.stack
    .sql`select actor_id, action, target, reason from audit_log where target = ${`account_values/${heldId}`}`;

async function onlyHeld(bench: FillBench) {
  const [held, ...others] = await readHeldValues(bench.stack.admin, { beforeId: null, limit: 10 });
  expect(others).toEqual([]);
  if (held === undefined) throw new Error('nothing is held');
  return held;
}

describe('a held value', () => {
  it('is released when the next evening’s value is ordinary beside it, and both days are published', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);
    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod']);
    bench.endFaults();
    bench.addFault({ type: 'scale', factor: '10.1' });

    await bench.tick(MONDAY_NIGHT);

    expect(await published(bench)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 100000 daily_eod',
      '2026-11-23 101000 daily_eod',
    ]);
    expect(await readHeldValues(bench.stack.admin, { beforeId: null, limit: 10 })).toEqual([]);
  });

  it('is not confirmed by the same total on the next evenings, and with them by the first that moved', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    for (const at of [FRIDAY_NIGHT, MONDAY_NIGHT, '2026-11-24T22:30:00Z']) await bench.tick(at);
    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod']);
    expect(await listOutcomes(bench.stack)).toEqual([
      'account-1 2026-11-20 held 2 attempts: unexplained_swing',
      'account-1 2026-11-23 held 2 attempts: unexplained_swing',
      'account-1 2026-11-24 held 1 attempts: unexplained_swing',
    ]);
    bench.endFaults();
    bench.addFault({ type: 'scale', factor: '10.01' });

    await bench.tick('2026-11-25T22:30:00Z');

    expect(await published(bench)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 100000 daily_eod',
      '2026-11-23 100000 daily_eod',
      '2026-11-24 100000 daily_eod',
      '2026-11-25 100100 daily_eod',
    ]);
  });

  it('is not confirmed by the same reading again on the same evening', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick('2026-11-20T23:59:00Z', { asked: true });
    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod']);
  });

  it('that is zero is not confirmed by another zero', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'zero_total' });
    await bench.tick(FRIDAY_NIGHT);
    await bench.tick(MONDAY_NIGHT);
    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod']);
  });

  it('that is zero is released when the withdrawal behind it becomes known a day later', async () => {
    const bench = await openedOnThursday({
      flows: [
        { date: '2026-11-16', amount: '10000', type: 'CONTRIBUTION' },
        { date: '2026-11-20', amount: 'everything', type: 'WITHDRAWAL' },
      ],
    });
    await bench.tick(FRIDAY_NIGHT);
    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod']);

    await bench.tick(MONDAY_NIGHT);

    expect(await published(bench)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 0 daily_eod',
      '2026-11-23 0 daily_eod',
    ]);
  });
});

describe('an administrator’s verdict', () => {
  it('accepts: the value stands, the day is published, and the log says who, what and why', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(bench);
    expect(held).toMatchObject({
      date: '2026-11-20',
      total: '100000',
      reason: 'unexplained_swing',
      last: { total: '10000' },
    });

    expect(await judge(bench, { id: held.id, accept: true })).toMatchObject({
      date: '2026-11-20',
      published: 1,
    });

    expect(await published(bench)).toEqual(['2026-11-19 10000 daily_eod', '2026-11-20 100000 daily_eod']);
    expect(await listActions(bench, held.id)).toEqual([
      {
        actor_id: ADMINISTRATOR,
        action: 'accept_held',
        target: `account_values/${held.id}`,
        reason: 'asked the broker',
      },
    ]);
  });

  it('rejects: the value is kept and never counts', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(bench);

    expect(await judge(bench, { id: held.id, accept: false })).toMatchObject({ published: 0 });

    expect((await listObservations(bench.stack)).at(-1)).toContain('rejected: unexplained_swing');
    await bench.tick(MONDAY_NIGHT);
    expect((await published(bench))[0]).toBe('2026-11-19 10000 daily_eod');
    expect(await published(bench)).not.toContain('2026-11-20 100000 daily_eod');
  });

  it('comes once: a second one, or one on nothing, changes nothing', async () => {
    const bench = await openedOnThursday();
    bench.addFault({ type: 'scale', factor: '10' });
    await bench.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(bench);
    await judge(bench, { id: held.id, accept: true });
    const before = await published(bench);

    expect(await judge(bench, { id: held.id, accept: false })).toBeNull();
    expect(await judge(bench, { id: 999_999, accept: true })).toBeNull();

    expect(await published(bench)).toEqual(before);
    expect(await listActions(bench, held.id)).toMatchObject([{ action: 'accept_held' }]);
  });
});
