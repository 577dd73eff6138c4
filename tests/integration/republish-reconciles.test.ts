import { describe, expect, it } from 'vitest';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { republish } from '@/lib/fill/republish';
import { tickEachEvening } from '../support/alert-harness';
import { linkAgain } from '../support/linked-user';
import { listCorrections, listObservations, listPublished } from '../support/published';
import { account, scenario } from '../support/scenario';
import { prepareWorkerHarness, type WorkerHarness } from '../support/worker-harness';

const harnesses = prepareWorkerHarness();

const NOW = new Date('2026-11-20T23:00:00Z');
const LENIENT = { ...DEFAULT_RECONCILE_RULES, swingFactorMax: 20 };

const FLAT = account({
  openedOn: '2026-11-02',
  investedShare: 0,
  flows: [
    { date: '2026-11-02', amount: '10000', type: 'CONTRIBUTION' },
    { date: '2026-11-12', amount: '500', type: 'CONTRIBUTION' },
  ],
});

/** Friday's total is ten times too large, and held. */
async function holdFriday(): Promise<WorkerHarness> {
  const harness = await harnesses.open(scenario({ accounts: [FLAT] }));
  await tickEachEvening(harness, '2026-11-18', '2026-11-19');
  harness.addFault({ type: 'scale', factor: '10' });
  await harness.tick('2026-11-20T22:30:00Z');
  return harness;
}

const run = (harness: WorkerHarness, rules = DEFAULT_RECONCILE_RULES, userId: string | null = null) =>
  republish(harness.stack.admin, userId, NOW, rules);

const conclusionsOf = async (harness: WorkerHarness) => ({
  published: await listPublished(harness.stack, harness.userId()),
  observations: await listObservations(harness.stack),
  corrections: await listCorrections(harness.stack, harness.userId()),
  changes: await harness.stack.sql`select reading_id, new_verdict from verdict_changes order by id`,
  flows: await harness.stack.sql`
    select flow_key, amount::text, effective_date, is_withdrawn from cash_flows order by flow_key`,
});

describe('republishing', () => {
  it('under the same rules changes nothing, however often', async () => {
    const harness = await holdFriday();
    await linkAgain(harness);
    const before = await conclusionsOf(harness);
    expect(await run(harness)).toEqual({ accounts: 1, days: 0 });
    expect(await run(harness)).toEqual({ accounts: 1, days: 0 });
    expect(await conclusionsOf(harness)).toEqual(before);
  });

  it('under another rule judges all evidence anew, publishes what follows, and can be taken back', async () => {
    const harness = await holdFriday();
    const before = await conclusionsOf(harness);
    expect(before.published.at(-1)).toMatch(/^2026-11-19 /);

    expect(await run(harness, LENIENT)).toEqual({ accounts: 1, days: 1 });
    const after = await conclusionsOf(harness);
    expect(after.published.at(-1)).toBe('2026-11-20 105000 daily_eod');
    expect(after.changes.at(-1)).toMatchObject({ new_verdict: 'accepted' });
    expect(await run(harness, LENIENT)).toEqual({ accounts: 1, days: 0 });

    expect((await run(harness)).days).toBe(1);
    expect((await conclusionsOf(harness)).published).toEqual(before.published);
  });

  it('mends snapshots and movements that were lost, also of one user alone', async () => {
    const harness = await holdFriday();
    const before = await conclusionsOf(harness);
    await harness.stack.sql`delete from user_portfolio_history where value_date < '2026-11-10'`;
    await harness.stack.sql`update cash_flows set effective_date = '2026-11-03', amount = 1`;

    const mended = await run(harness, DEFAULT_RECONCILE_RULES, harness.userId());

    expect(mended).toMatchObject({ accounts: 1 });
    const { published, flows } = await conclusionsOf(harness);
    expect({ published, flows }).toEqual({ published: before.published, flows: before.flows });
  });
});
