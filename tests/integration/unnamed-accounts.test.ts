import { describe, expect, it } from 'vitest';
import type { Category } from '@/lib/domain/reconcile/evidence';
import { readOwnDecisions, readQuestions } from '@/lib/doubts/read';
import { readCurrentDecisions } from '@/lib/doubts/store';
import { classifyAccount } from '@/lib/fill/decide';
import { listAudit } from '@/lib/operations/store';
import { tickEachEvening } from '../support/alert-harness';
import { idOf } from '../support/linked-user';
import { readPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();
const OPENED = { openedOn: '2026-05-01', investedShare: 0, historyEnabled: false } as const;
const WEDNESDAY_NOON = '2026-06-03T16:00:00Z';
const THURSDAY_NOON = '2026-06-04T16:00:00Z';
const ADMINISTRATOR = '00000000-0000-4000-8000-00000000ad01';

const cash = (id: string, amount: string, category = 'INVESTMENT') =>
  account({
    ...OPENED,
    id,
    name: id,
    category,
    flows: [{ date: '2026-05-01', amount, type: 'CONTRIBUTION' }],
  });

/** Good is an ordinary account, and Odd is called by a word that nobody knows. */
async function openWithOdd(): Promise<WorkerHarness> {
  const harness = await harnesses.open(
    scenario({ accounts: [cash('good', '10000.00'), cash('odd', '500.00', 'HOVERCRAFT')] }),
  );
  await tickEachEvening(harness, '2026-06-01', '2026-06-02');
  return harness;
}

const questions = async (harness: WorkerHarness) =>
  (await readQuestions(harness.stack.admin, { userId: harness.userId(), now: new Date(WEDNESDAY_NOON) }))
    .accounts;

async function say(
  harness: WorkerHarness,
  category: Category | null,
  parts: {
    readonly ownerId?: string | null;
    readonly actorId?: string;
    readonly at?: string;
    readonly id?: string;
  } = {},
) {
  const { ownerId = harness.userId(), actorId = harness.userId(), at = WEDNESDAY_NOON } = parts;
  const accountId = parts.id ?? (await idOf(harness, 'accounts', 'odd'));
  return classifyAccount(
    harness.stack.admin,
    { accountId, ownerId, actorId, category, reason: 'a test' },
    new Date(at),
  );
}

const totals = async (harness: WorkerHarness) =>
  (await readPublished(harness.stack, harness.userId())).map(({ date, value }) => `${date} ${Number(value)}`);
const WITHOUT = ['2026-06-01 10000', '2026-06-02 10000'];

describe('an account of a kind that nobody knows', () => {
  it('is asked about, and is no part of any day', async () => {
    const harness = await openWithOdd();
    expect(await questions(harness)).toMatchObject([
      { account: 'odd', currency: 'USD', since: '2026-06-01' },
    ]);
    expect(await totals(harness)).toEqual(WITHOUT);
  });

  it('counts from the next close on once its owner has said so, and no published day changes', async () => {
    const harness = await openWithOdd();
    expect(await say(harness, 'investment')).toMatchObject({ published: 0 });
    expect(await questions(harness)).toEqual([]);
    expect(await totals(harness)).toEqual(WITHOUT);

    await tickEachEvening(harness, '2026-06-03', '2026-06-08');
    expect(await totals(harness)).toEqual([
      ...WITHOUT,
      ...['03', '04', '05', '08'].map((day) => `2026-06-${day} 10500`),
    ]);
    const history = await harness.history('2026-06-08T22:00:00Z');
    expect(history.summary).toMatchObject({ netDeposits: '500' });
    const corrections = await harness.stack.sql`select from snapshot_corrections`;
    expect(corrections).toHaveLength(0);
  });

  it('stays out, and is asked about no more, when it does not count', async () => {
    const harness = await openWithOdd();
    await say(harness, 'credit');
    await tickEachEvening(harness, '2026-06-03', '2026-06-05');
    expect(await questions(harness)).toEqual([]);
    expect((await totals(harness)).at(-1)).toBe('2026-06-05 10000');
  });

  it('is out again and asked about when the answer is taken back, with both on record', async () => {
    const harness = await openWithOdd();
    await say(harness, 'investment', { ownerId: null, actorId: ADMINISTRATOR });
    await tickEachEvening(harness, '2026-06-03', '2026-06-03');
    expect((await totals(harness)).at(-1)).toBe('2026-06-03 10500');
    expect(await readCurrentDecisions(harness.stack.admin, harness.userId())).toMatchObject([
      { about: 'category', category: 'investment', account: 'odd', reason: 'a test', subject: null },
    ]);
    expect(await readOwnDecisions(harness.stack.admin, harness.userId())).toMatchObject([
      { category: 'investment', reason: null, actor: null },
    ]);

    expect(await say(harness, null, { at: THURSDAY_NOON })).toMatchObject({ published: 1 });
    expect(await totals(harness)).toEqual([...WITHOUT, '2026-06-03 10000']);
    expect(await questions(harness)).toMatchObject([{ account: 'odd' }]);
    await tickEachEvening(harness, '2026-06-04', '2026-06-05');
    expect(await totals(harness)).toEqual([
      ...WITHOUT,
      ...['03', '04', '05'].map((day) => `2026-06-${day} 10000`),
    ]);
    expect(
      await listAudit(harness.stack.admin, { actorId: null, action: null, before: null, limit: 2 }),
    ).toMatchObject([
      { action: 'take_back_account' },
      { action: 'classify_account', actorId: ADMINISTRATOR },
    ]);
  });

  it('is answered once, by its owner or an administrator, and only where nobody knows', async () => {
    const harness = await openWithOdd();
    const stranger = await harness.stack.createUser();
    expect(await say(harness, 'investment', { ownerId: stranger.id, actorId: stranger.id })).toBeNull();
    expect(await say(harness, 'credit', { id: await idOf(harness, 'accounts', 'good') })).toBeNull();
    expect(await say(harness, null)).toBeNull();
    expect(await say(harness, 'credit')).not.toBeNull();
    expect(await say(harness, 'investment')).toBeNull();
    expect(await say(harness, null)).not.toBeNull();
    expect(await say(harness, 'investment')).not.toBeNull();
  });
});

describe('an account that counts by its owner’s word', () => {
  it('whose total is not reported lacks its total, and is not called no asset', async () => {
    const harness = await openWithOdd();
    await say(harness, 'investment');
    await tickEachEvening(harness, '2026-06-03', '2026-06-03');
    harness.addFault({ type: 'null_total' }, { match: { accountId: 'odd' } });
    await tickEachEvening(harness, '2026-06-04', '2026-06-04');
    const [outcome] = await harness.stack.sql<{ detail: string }[]>`
      select o.detail from fill_outcomes o join accounts a on a.id = o.account_id
      where a.external_id = 'odd' and o.value_date = '2026-06-04'`;
    expect(outcome?.detail).toBe('total_missing');
  });
});
