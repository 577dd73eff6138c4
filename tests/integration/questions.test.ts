import { describe, expect, it } from 'vitest';
import { readQuestions } from '@/lib/doubts/read';
import { judgeHeldValue } from '@/lib/fill/decide';
import { listPublished } from '../support/published';
import { account, connection, scenario, user } from '../support/scenario';
import { FRIDAY_NIGHT, prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const THURSDAY_NIGHT = '2026-11-19T22:30:00Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

/** Two accounts of 10000; on Friday one of them is said to be worth ten times as much. */
async function doubtFriday(): Promise<WorkerHarness> {
  const opened = (id: string) => account({ id, name: id, openedOn: '2026-11-16', historyEnabled: false });
  const accounts = [opened('Brokerage'), opened('Savings')];
  const harness = await harnesses.open(
    scenario({ users: [user({ connections: [connection({ accounts })] })] }),
  );
  await harness.tick(THURSDAY_NIGHT);
  harness.addFault({ type: 'scale', factor: '10' }, { match: { accountId: 'Brokerage' } });
  await harness.tick(FRIDAY_NIGHT);
  return harness;
}

const ask = (harness: WorkerHarness, previews = 0, at = '2026-11-20T23:00:00Z') =>
  readQuestions(harness.stack.admin, { userId: harness.userId(), now: new Date(at), previews });
const published = (harness: WorkerHarness) => listPublished(harness.stack, harness.userId());

async function onlyQuestion(...asked: Parameters<typeof ask>) {
  const { readings } = await ask(...asked);
  const [question, ...others] = readings;
  expect(others).toEqual([]);
  if (question === undefined) throw new Error('nothing is asked');
  return question;
}

describe('held values of one reason in a row', () => {
  it('are one question, and one answer to it counts for all of them and comes with one effect', async () => {
    const harness = await doubtFriday();
    await harness.tick('2026-11-23T22:30:00Z');
    const { readings, effects, from, to } = await onlyQuestion(harness, 1, '2026-11-23T23:00:00Z');
    expect([from, to]).toEqual(['2026-11-20', '2026-11-23']);
    expect(effects?.accept).toEqual([
      { date: '2026-11-20', now: '20000', next: '110000' },
      { date: '2026-11-23', now: '20000', next: '110000' },
    ]);

    const [first, ...others] = readings.map(({ id }) => id);
    const verdict = { verdict: 'reject', actorId: ADMINISTRATOR, reason: 'asked the broker' } as const;
    await judgeHeldValue(
      harness.stack.admin,
      { ...verdict, id: first ?? 0, also: others },
      new Date('2026-11-23T23:00:00Z'),
    );

    expect(await ask(harness)).toEqual({ movements: [], readings: [], accounts: [] });
    const rows = await harness.stack
      .sql`select distinct verdict from account_values where total_value = 100000`;
    expect(rows).toEqual([{ verdict: 'rejected' }]);
  });
});

describe('a held value', () => {
  it('is one question with the evidence beside it', async () => {
    const harness = await doubtFriday();
    expect(await onlyQuestion(harness)).toMatchObject({
      account: 'Brokerage',
      isHistory: false,
      reason: 'unexplained_swing',
      from: '2026-11-20',
      to: '2026-11-20',
      readings: [{ date: '2026-11-20', total: '100000', currency: 'USD' }],
      before: { date: '2026-11-19', total: '10000' },
      after: null,
      movements: [{ bookedOn: '2026-11-16', kind: 'deposit', amount: '10000' }],
      line: [
        { date: '2026-11-19', total: '10000', isInQuestion: false },
        { date: '2026-11-20', total: '100000', isInQuestion: true },
      ],
      effects: null,
    });
  });

  it('says what each answer would publish, and publishes nothing by saying so', async () => {
    const harness = await doubtFriday();
    const before = await published(harness);
    const { effects, readings } = await onlyQuestion(harness, 1);
    expect(effects).toEqual({
      accept: [{ date: '2026-11-20', now: '20000', next: '110000' }],
      reject: [],
    });
    expect(await published(harness)).toEqual(before);
    expect(await onlyQuestion(harness)).toMatchObject({ readings });

    // And it is what the answer then does.
    await judgeHeldValue(
      harness.stack.admin,
      { id: readings[0]?.id ?? 0, verdict: 'accept', actorId: ADMINISTRATOR, reason: 'asked the broker' },
      new Date('2026-11-20T23:00:00Z'),
    );
    expect(await published(harness)).toContain('2026-11-20 110000 daily_eod');
    expect(await ask(harness)).toEqual({ movements: [], readings: [], accounts: [] });
  });
});
