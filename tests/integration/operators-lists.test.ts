import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelBackfill, listBackfills } from '@/lib/backfill/store';
import { judgeHeldValue } from '@/lib/fill/decide';
import { type AuditRead, listAudit, listRuns, readRun } from '@/lib/operations/store';
import { open, read } from '../support/backfill-harness';
import { value } from '../support/fill-fixture';
import { forgetEverything } from '../support/linked-user';
import { linkPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());
beforeEach(async () => {
  await forgetEverything(stack);
});

const NOON = '2026-11-20T12:00:00Z';

/** A run that began some minutes after noon. */
async function addRun(minute: number, status: string, counts: Record<string, number> = {}): Promise<string> {
  const id = randomUUID();
  await stack.sql`
    insert into runs (id, trigger, trading_day, status, counts, started_at, alive_at, finished_at)
    select ${id}, 'cron', '2026-11-19', ${status}, ${stack.sql.json(counts)}, at, at, case when ${status} <> 'running' then at end
    from (select ${NOON}::timestamptz + make_interval(mins => ${minute}) as at) started`;
  return id;
}

describe('runs', () => {
  /** All pages of two, as minutes after noon. */
  async function readAll(failuresFirst: boolean, between: () => Promise<unknown> = async () => null) {
    const minutes: number[] = [];
    for (let before: string | null = null; ; await between()) {
      const page = await listRuns(stack.admin, { failuresFirst, before, limit: 2 });
      minutes.push(...page.map(({ startedAt }) => (Date.parse(startedAt) - Date.parse(NOON)) / 60_000));
      const last = page.at(-1);
      if (page.length < 2 || last === undefined) return minutes;
      before = last.id;
    }
  }

  async function addSix(): Promise<void> {
    const states = ['complete', 'failed', 'continues', 'abandoned', 'complete', 'running'];
    for (const [minute, status] of states.entries()) await addRun(minute + 1, status);
  }

  test('come with those that failed before all others, then the newest first', async () => {
    await addSix();
    expect(await readAll(true)).toEqual([4, 2, 6, 5, 3, 1]);
    expect(await readAll(false)).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('in which connections failed come after those that failed themselves, and before all others', async () => {
    await addRun(1, 'failed');
    await addRun(2, 'complete', { connections: 3, failed: 1 });
    await addRun(3, 'complete', { connections: 3, failed: 0 });
    await addRun(4, 'continues', { failed: 2 });
    await addRun(5, 'complete');
    expect(await readAll(true)).toEqual([1, 4, 2, 5, 3]);
  });

  test('are paged by key, so that new ones neither repeat nor hide a row', async () => {
    await addSix();
    let minute = 10;
    expect(await readAll(false, () => addRun(minute++, 'complete'))).toEqual([6, 5, 4, 3, 2, 1]);
  });

  test('that began at the same instant are all told', async () => {
    for (const _ of [1, 2, 3, 4, 5]) await addRun(1, 'failed');
    expect(await readAll(true)).toHaveLength(5);
  });

  test('each say what they did', async () => {
    const id = await addRun(1, 'complete', { connections: 3, requests: 7 });
    expect(await readRun(stack.admin, id)).toMatchObject({ id, counts: { connections: 3, requests: 7 } });
    expect(await readRun(stack.admin, randomUUID())).toBeNull();
  });
});

describe('the audit log', () => {
  let first: TestUser;
  let second: TestUser;
  beforeEach(async () => {
    await stack.sql`alter table audit_log disable trigger all`;
    await stack.sql`delete from audit_log`;
    first = await stack.createUser();
    second = await stack.createUser();
  });

  const all: AuditRead = { actorId: null, action: null, before: null, limit: 10 };

  test('tells each verdict and each backfill with who, what, when, why and what came of it', async () => {
    const { userId, record } = await linkPortfolio(stack, { accounts: ['isa'] });
    await record({
      observations: [
        value('isa', '2026-11-19', '100'),
        value('isa', '2026-11-20', '900', { verdict: 'held', reason: 'unexplained_swing' }),
      ],
    });
    const [held] = await stack.sql<{ id: string }[]>`select id from account_values where verdict = 'held'`;
    await judgeHeldValue(
      stack.admin,
      { id: Number(held?.id), verdict: 'reject', actorId: first.id, reason: 'a typing error' },
      new Date('2026-11-20T23:00:00Z'),
    );
    const { id } = await open({ stack }, { userId });
    await cancelBackfill(
      stack.admin,
      id,
      { by: second.id, note: 'not needed' },
      new Date('2026-11-20T23:30:00Z'),
    );

    const entries = await listAudit(stack.admin, all);
    expect(entries).toMatchObject([
      {
        action: 'cancel_backfill',
        actor: second.email,
        reason: 'not needed',
        at: '2026-11-20T23:30:00.000Z',
        backfill: { id, status: 'cancelled', accountDays: 4, filledDays: 0 },
        held: null,
      },
      { action: 'open_backfill', actor: null, reason: 'a test', backfill: { id, status: 'cancelled' } },
      {
        action: 'reject_held',
        actor: first.email,
        reason: 'a typing error',
        backfill: null,
        held: { userId, account: 'isa', date: '2026-11-20', verdict: 'rejected' },
      },
    ]);
    const of = async (
      part: Partial<typeof all> & { action?: 'reject_held' | null; actorId?: string | null },
    ) => (await listAudit(stack.admin, { ...all, ...part })).map(({ action }) => action);
    expect(await of({ actorId: second.id })).toEqual(['cancel_backfill']);
    expect(await of({ action: 'reject_held' })).toEqual(['reject_held']);
    expect(await of({ before: entries.at(0)?.id ?? null })).toEqual(['open_backfill', 'reject_held']);
  });

  test('names a backfill that asks again for what was given up', async () => {
    const { userId, record } = await linkPortfolio(stack, { accounts: ['isa'] });
    await record({ observations: [value('isa', '2026-11-19', '100')] });
    await stack.sql`
      insert into fill_outcomes (user_id, account_id, value_date, reason, final, last_attempt_at)
      select user_id, id, '2026-11-18', 'provider_had_nothing', true, ${NOON} from accounts`;
    const { id } = await open({ stack }, { userId });
    expect(await read({ stack }, id)).toMatchObject({ reopenedDays: 1 });
    expect(await listAudit(stack.admin, all)).toMatchObject([{ action: 'reopen_days', backfill: { id } }]);
  });
});

test('backfills are listed newest first and paged by key', async () => {
  const { userId } = await linkPortfolio(stack, { accounts: ['isa'] });
  const ids: string[] = [];
  for (const to of ['2026-11-16', '2026-11-17', '2026-11-18'])
    ids.unshift((await open({ stack }, { userId, from: '2026-11-16', to })).id);
  const page = await listBackfills(stack.admin, { before: null, limit: 2 });
  expect(new Set(page.map(({ id }) => id)).size).toBe(2);
  const rest = await listBackfills(stack.admin, { before: page.at(-1)?.id ?? null, limit: 2 });
  expect([...page, ...rest].map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
});
