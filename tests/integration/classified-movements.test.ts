import { describe, expect, it } from 'vitest';
import { toAmount } from '@/lib/domain/money';
import type { KnownMovementKind } from '@/lib/domain/reconcile/evidence';
import { toInstant } from '@/lib/domain/trading-date';
import { readQuestions } from '@/lib/doubts/read';
import { readCurrentDecisions } from '@/lib/doubts/store';
import { classifyMovement } from '@/lib/fill/decide';
import { listAudit } from '@/lib/operations/store';
import { readScenarioFile } from '../support/scenario-file';
import { readOutcome } from '../support/scenario-outcome';
import { playScenario } from '../support/scenario-play';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const NOW = '2026-06-16T22:00:00.000Z';
const LATER = '2026-06-16T22:10:00.000Z';
const NIGHT_AFTER = '2026-06-17T21:30:00.000Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';
const STRANGER = '00000000-0000-4000-8000-00000000feed';

/** Plays a file in which 12000 arrive on June 10 and nobody knows what they were. */
async function playUnknown(name: string) {
  const { harness } = await playScenario(harnesses.open, readScenarioFile(name));
  const { movements } = await questions(harness);
  const [movement, ...others] = movements;
  expect(others).toEqual([]);
  if (movement === undefined) throw new Error('nothing is asked');
  return { harness, movement };
}

const questions = (harness: WorkerHarness) =>
  readQuestions(harness.stack.admin, { userId: harness.userId(), now: new Date(NOW) });
const decisions = (harness: WorkerHarness) => readCurrentDecisions(harness.stack.admin, harness.userId());
const summary = async (harness: WorkerHarness, at: string = LATER) =>
  (await readOutcome(harness, toInstant(at))).summary;

function say(
  harness: WorkerHarness,
  rowId: number,
  as: readonly [KnownMovementKind, string] | null,
  parts: { readonly ownerId?: string | null; readonly actorId?: string; readonly at?: string } = {},
) {
  const amount = as === null ? null : toAmount(as[1]);
  return classifyMovement(
    harness.stack.admin,
    {
      rowId,
      ownerId: parts.ownerId ?? null,
      as: as === null || amount === null ? null : { kind: as[0], amount },
      actorId: parts.actorId ?? ADMINISTRATOR,
      reason: 'asked the broker',
    },
    new Date(parts.at ?? NOW),
  );
}

const KNOWN_DEPOSIT = {
  'value change': '12000.00',
  'net deposits': '12000.00',
  'market change': '0.00',
  return: '0.00 %',
  'money-weighted': '0.00 %',
  'deepest fall': '0.00 %',
  provisional: true,
};

const FILES = [
  {
    name: 'movement-of-an-unknown-type.json',
    asked: { kind: 'unclassified', word: 'JOURNAL', amount: '12000' },
  },
  {
    name: 'transfer-without-a-value.json',
    asked: { kind: 'transfer', word: 'EXTERNAL_ASSET_TRANSFER_IN', amount: null },
  },
];

describe.each(FILES)('the movement of $name', ({ name, asked }) => {
  it('is asked about in the broker’s own word, with the days whose figures it hides', async () => {
    const { movement } = await playUnknown(name);
    expect(movement).toMatchObject({
      ...asked,
      bookedOn: '2026-06-10',
      currency: 'USD',
      account: 'Brokerage',
      hides: { from: '2026-06-09', to: '2026-06-10' },
    });
  });

  it('leaves no figure blank once somebody has said what it was, also after the next evening', async () => {
    const { harness, movement } = await playUnknown(name);
    expect(await say(harness, movement.rowId, ['deposit', '12000'])).toMatchObject({ date: '2026-06-10' });

    expect(await summary(harness)).toEqual(KNOWN_DEPOSIT);
    expect(await questions(harness)).toMatchObject({ movements: [] });
    expect((await harness.history(LATER)).flows).toEqual([{ date: '2026-06-10', amount: '12000' }]);

    await harness.tick(NIGHT_AFTER);
    expect(await summary(harness, NIGHT_AFTER)).toEqual(KNOWN_DEPOSIT);
  });

  it('is unknown again when that is taken back, and both are on record', async () => {
    const { harness, movement } = await playUnknown(name);
    const before = await summary(harness);
    await say(harness, movement.rowId, ['deposit', '12000']);
    expect(await decisions(harness)).toMatchObject([
      {
        about: 'movement',
        subject: movement.rowId,
        kind: 'deposit',
        amount: '12000',
        reason: 'asked the broker',
      },
    ]);

    await say(harness, movement.rowId, null, { at: LATER });

    expect(await summary(harness)).toEqual(before);
    expect(await questions(harness)).toMatchObject({ movements: [{ rowId: movement.rowId }] });
    expect(await decisions(harness)).toEqual([]);
    expect(
      await listAudit(harness.stack.admin, { actorId: null, action: null, before: null, limit: 2 }),
    ).toMatchObject([
      {
        action: 'take_back_movement',
        actorId: ADMINISTRATOR,
        movement: { account: 'Brokerage', kind: null },
      },
      { action: 'classify_movement', actorId: ADMINISTRATOR, reason: 'asked the broker' },
    ]);
  });

  it('moves nothing when it is said to be a purchase or a sale, so that the change is the market’s', async () => {
    const { harness, movement } = await playUnknown(name);
    await say(harness, movement.rowId, ['other', '0']);
    expect(await summary(harness)).toMatchObject({ 'net deposits': '0.00', 'market change': '12000.00' });
  });
});

describe('what a movement was', () => {
  it('is said once, until it is taken back, and only about one that nobody knows', async () => {
    const { harness, movement } = await playUnknown('movement-of-an-unknown-type.json');
    expect(await say(harness, movement.rowId, null)).toBeNull();
    await say(harness, movement.rowId, ['deposit', '12000']);
    expect(await say(harness, movement.rowId, ['fee', '-1'])).toBeNull();
    const [known] = await harness.stack.sql<{ id: string }[]>`
      select id from movement_rows where kind = 'deposit' order by id limit 1`;
    expect(await say(harness, Number(known?.id), ['fee', '-1'])).toBeNull();
    expect(await say(harness, 999_999_999, ['fee', '-1'])).toBeNull();
  });

  it('is for its owner to say, and for no other user', async () => {
    const { harness, movement } = await playUnknown('movement-of-an-unknown-type.json');
    const owner = { ownerId: harness.userId(), actorId: harness.userId() };
    expect(
      await say(harness, movement.rowId, ['deposit', '12000'], { ownerId: STRANGER, actorId: STRANGER }),
    ).toBeNull();
    expect(await say(harness, movement.rowId, ['deposit', '12000'], owner)).not.toBeNull();
    expect(await decisions(harness)).toMatchObject([{ isOwner: true }]);
    expect(await say(harness, movement.rowId, null, { ...owner, at: LATER })).not.toBeNull();
  });
});
