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

const ask = (harness: WorkerHarness, previews = 0) =>
  readQuestions(harness.stack.admin, {
    userId: harness.userId(),
    now: new Date('2026-11-20T23:00:00Z'),
    previews,
  });
const published = (harness: WorkerHarness) => listPublished(harness.stack, harness.userId());

async function onlyQuestion(harness: WorkerHarness, previews = 0) {
  const { readings } = await ask(harness, previews);
  const [question, ...others] = readings;
  expect(others).toEqual([]);
  if (question === undefined) throw new Error('nothing is asked');
  return question;
}

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
    expect(await ask(harness)).toEqual({ movements: [], readings: [] });
  });
});
