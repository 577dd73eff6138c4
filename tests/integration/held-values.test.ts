import { describe, expect, it } from 'vitest';
import { readHeldValues } from '@/lib/coverage/store';
import { readCurrentDecisions } from '@/lib/doubts/store';
import { judgeHeldValue } from '@/lib/fill/decide';
import { listObservations, listOutcomes, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const MONDAY_NIGHT = '2026-11-23T22:30:00Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

async function openedOnThursday(parts: Parameters<typeof account>[0] = {}): Promise<WorkerHarness> {
  const opened = account({ openedOn: '2026-11-16', historyEnabled: false, ...parts });
  const harness = await harnesses.open(scenario({ accounts: [opened] }));
  await harness.tick(THURSDAY_NIGHT);
  return harness;
}

const published = (harness: WorkerHarness) => listPublished(harness.stack, harness.userId());
const judge = (harness: WorkerHarness, verdict: { id: number; accept: boolean }) =>
  judgeHeldValue(
    harness.stack.admin,
    {
      id: verdict.id,
      verdict: verdict.accept ? 'accept' : 'reject',
      actorId: ADMINISTRATOR,
      reason: 'asked the broker',
    },
    new Date(MONDAY_NIGHT),
  );

const takeBack = (harness: WorkerHarness, id: number) =>
  judgeHeldValue(
    harness.stack.admin,
    { id, verdict: 'take_back', actorId: ADMINISTRATOR, reason: 'asked the wrong broker' },
    new Date('2026-11-23T22:40:00Z'),
  );

const listActions = (harness: WorkerHarness, heldId: number) =>
  harness.stack
    .sql`select actor_id, action, target, reason from audit_log where target = ${`account_values/${heldId}`}`;

async function onlyHeld(harness: WorkerHarness) {
  const [held, ...others] = await readHeldValues(harness.stack.admin, { beforeId: null, limit: 10 });
  expect(others).toEqual([]);
  if (held === undefined) throw new Error('nothing is held');
  return held;
}

describe('a held value', () => {
  it('is released when the next evening’s value is ordinary beside it, and both days are published', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod']);
    harness.endFaults();
    harness.addFault({ type: 'scale', factor: '10.1' });

    await harness.tick(MONDAY_NIGHT);

    expect(await published(harness)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 100000 daily_eod',
      '2026-11-23 101000 daily_eod',
    ]);
    expect(await readHeldValues(harness.stack.admin, { beforeId: null, limit: 10 })).toEqual([]);
  });

  it('is a fact when it held for three sessions, also to the cent, and what it contradicts is not', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    for (const at of [FRIDAY_NIGHT, MONDAY_NIGHT, '2026-11-24T22:30:00Z']) await harness.tick(at);
    expect(await published(harness)).toEqual([
      '2026-11-20 100000 daily_eod',
      '2026-11-23 100000 daily_eod',
      '2026-11-24 100000 daily_eod',
    ]);
    expect((await listOutcomes(harness.stack))[0]).toBe(
      'account-1 2026-11-19 held 1 attempts: unexplained_swing',
    );
  });

  it('is not confirmed by the same reading again on the same evening', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick('2026-11-20T23:59:00Z', { asked: true });
    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod']);
  });

  it('that is zero is not confirmed by another zero', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'zero_total' });
    await harness.tick(FRIDAY_NIGHT);
    await harness.tick(MONDAY_NIGHT);
    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod']);
  });

  it('that is zero is released when the withdrawal behind it becomes known a day later', async () => {
    const harness = await openedOnThursday({
      flows: [
        { date: '2026-11-16', amount: '10000', type: 'CONTRIBUTION' },
        { date: '2026-11-20', amount: 'everything', type: 'WITHDRAWAL' },
      ],
    });
    await harness.tick(FRIDAY_NIGHT);
    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod']);

    await harness.tick(MONDAY_NIGHT);

    expect(await published(harness)).toEqual([
      '2026-11-19 10000 daily_eod',
      '2026-11-20 0 daily_eod',
      '2026-11-23 0 daily_eod',
    ]);
  });
});

describe('an administrator’s verdict', () => {
  it('accepts: the value stands, the day is published, and the log says who, what and why', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(harness);
    expect(held).toMatchObject({
      date: '2026-11-20',
      total: '100000',
      reason: 'unexplained_swing',
      last: { total: '10000' },
    });

    expect(await judge(harness, { id: held.id, accept: true })).toMatchObject({
      date: '2026-11-20',
      published: 1,
    });

    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod', '2026-11-20 100000 daily_eod']);
    expect(await listActions(harness, held.id)).toEqual([
      {
        actor_id: ADMINISTRATOR,
        action: 'accept_held',
        target: `account_values/${held.id}`,
        reason: 'asked the broker',
      },
    ]);
  });

  it('rejects: the value is kept and never counts', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(harness);

    expect(await judge(harness, { id: held.id, accept: false })).toMatchObject({ published: 0 });

    expect((await listObservations(harness.stack)).at(-1)).toContain('rejected: rejected');
    await harness.tick(MONDAY_NIGHT);
    expect((await published(harness))[0]).toBe('2026-11-19 10000 daily_eod');
    expect(await published(harness)).not.toContain('2026-11-20 100000 daily_eod');
  });

  it('is listed with who, when and why until it is taken back, and then the evidence decides again', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(harness);
    const decided = () => readCurrentDecisions(harness.stack.admin, harness.userId());
    const before = await published(harness);
    expect(await takeBack(harness, held.id)).toBeNull();
    await judge(harness, { id: held.id, accept: true });
    expect(await decided()).toMatchObject([
      {
        about: 'reading',
        subject: held.id,
        date: '2026-11-20',
        total: '100000',
        verdict: 'accept',
        reason: 'asked the broker',
        at: '2026-11-23T22:30:00.000Z',
        isOwner: false,
      },
    ]);

    expect(await takeBack(harness, held.id)).toMatchObject({ published: 1 });

    expect(await published(harness)).toEqual(before);
    expect(await decided()).toEqual([]);
    expect(await onlyHeld(harness)).toMatchObject({ id: held.id, reason: 'unexplained_swing' });
    expect(await listActions(harness, held.id)).toMatchObject([
      { action: 'accept_held' },
      { action: 'take_back_verdict', actor_id: ADMINISTRATOR, reason: 'asked the wrong broker' },
    ]);
    harness.endFaults();
    await harness.tick(MONDAY_NIGHT);
    expect(await published(harness)).toEqual(['2026-11-19 10000 daily_eod', '2026-11-23 10000 daily_eod']);
  });

  it('that rejects can be taken back too', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(harness);
    await judge(harness, { id: held.id, accept: false });
    await takeBack(harness, held.id);
    expect(await onlyHeld(harness)).toMatchObject({ id: held.id, reason: 'unexplained_swing' });
  });

  it('comes once: a second one, or one on nothing, changes nothing', async () => {
    const harness = await openedOnThursday();
    harness.addFault({ type: 'scale', factor: '10' });
    await harness.tick(FRIDAY_NIGHT);
    const held = await onlyHeld(harness);
    await judge(harness, { id: held.id, accept: true });
    const before = await published(harness);

    expect(await judge(harness, { id: held.id, accept: false })).toBeNull();
    expect(await judge(harness, { id: 999_999, accept: true })).toBeNull();

    expect(await published(harness)).toEqual(before);
    expect(await listActions(harness, held.id)).toMatchObject([{ action: 'accept_held' }]);
  });
});
