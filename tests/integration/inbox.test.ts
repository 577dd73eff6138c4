import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listAlerts, settleAlerts } from '@/lib/alerts/store';
import { toInstant } from '@/lib/domain/trading-date';
import { markInboxItem, readInbox } from '@/lib/inbox/store';
import { account, value } from '../support/fill-fixture';
import { linkPortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack } from '../support/test-stack';

const OPERATOR = '00000000-0000-4000-8000-00000000ad01';
const OTHER = '00000000-0000-4000-8000-00000000ad02';
const NOW = new Date('2026-11-20T22:30:00Z');
const LATER = new Date('2026-11-20T23:31:00Z');

let stack: TestStack;
let portfolio: TestPortfolio;
beforeAll(async () => {
  stack = await startTestStack();
});
beforeEach(async () => {
  portfolio = await linkPortfolio(stack);
});
afterEach(async () => {
  for (const table of ['portfolios', 'alerts', 'runs', 'inbox_events'])
    await stack.sql`delete from ${stack.sql(table)}`;
});
afterAll(() => stack.close());

const read = (parts: { isSnoozed?: boolean; at?: Date } = {}) =>
  readInbox(
    stack.admin,
    { actorId: OPERATOR, isSnoozed: parts.isSnoozed ?? false, limit: 100 },
    parts.at ?? NOW,
  );
const mark = (
  item: string,
  action: 'assign' | 'release' | 'snooze' | 'wake' | 'done',
  actorId = OPERATOR,
) => {
  const until = action === 'snooze' ? new Date(NOW.getTime() + 3_600_000) : null;
  return markInboxItem(stack.admin, { item, actorId, action, until }, NOW);
};
const hold = (date = '2026-11-19', total = '900000') =>
  portfolio.record({
    observations: [value('account', date, total, { verdict: 'held', reason: 'unexplained_swing' })],
  });
const failRun = (startedAt = '2026-11-20T21:30:00Z') => stack.service`
  insert into runs (id, trigger, trading_day, status, started_at, alive_at, finished_at)
  values (gen_random_uuid(), 'cron', '2026-11-20', 'failed', ${startedAt}, ${startedAt}, ${startedAt})`;
const alert = (at: Date) =>
  settleAlerts(
    stack.admin,
    [
      {
        kind: 'no_run',
        key: 'no_run',
        facts: { tradingDay: '2026-11-20' as never, lastRunAt: toInstant('2026-11-19T22:00:00Z') },
      },
    ],
    { isDelivered: false, quietSeconds: () => 600 },
    at,
  );

describe('the inbox', () => {
  it('is empty when nothing waits', async () => {
    expect(await read()).toEqual({ total: 0, mine: 0, snoozed: 0, items: [] });
  });

  it('holds held values, questions, failed runs and alerts, the oldest first', async () => {
    await hold('2026-11-18');
    await hold('2026-11-19');
    await portfolio.record(
      { accounts: [{ ...account('odd', { name: 'Odd' }), category: null as never }] },
      '2026-11-20T22:01:00Z',
    );
    await failRun();
    await failRun('2026-11-20T21:35:00Z');
    await alert(new Date('2026-11-20T22:02:00Z'));
    const { total, items } = await read();
    expect(total).toBe(4);
    expect(items).toMatchObject([
      { kind: 'run', facts: { runs: 2, tradingDay: '2026-11-20' } },
      { kind: 'held', facts: { account: 'account', count: 2, date: '2026-11-18' }, userId: portfolio.userId },
      { kind: 'account', facts: { account: 'Odd' }, userId: portfolio.userId },
      { kind: 'alert', facts: { kind: 'no_run' }, userId: null },
    ]);
  });

  it('says who took an item on, whose it is, and everything that was done with it', async () => {
    await hold();
    const item = (await read()).items[0]?.item ?? '';
    expect(await mark(item, 'assign', OTHER)).toBe(true);
    expect(await read()).toMatchObject({ total: 1, mine: 0, items: [{ assigneeId: OTHER }] });
    await mark(item, 'assign');
    expect(await read()).toMatchObject({ mine: 1, items: [{ assigneeId: OPERATOR }] });
    await mark(item, 'release');
    expect(await read()).toMatchObject({
      mine: 0,
      items: [
        { assigneeId: null, events: [{ action: 'release' }, { action: 'assign' }, { action: 'assign' }] },
      ],
    });
  });

  it('puts an item off for a while, and earlier back when asked to', async () => {
    await hold();
    const item = (await read()).items[0]?.item ?? '';
    await mark(item, 'snooze');
    expect(await read()).toMatchObject({ total: 0, snoozed: 1, items: [] });
    expect(await read({ isSnoozed: true })).toMatchObject({
      items: [{ item, snoozedUntil: '2026-11-20T23:30:00.000Z' }],
    });
    expect(await read({ at: LATER })).toMatchObject({ total: 1, snoozed: 0 });
    await mark(item, 'wake');
    expect(await read()).toMatchObject({ total: 1, snoozed: 0 });
  });

  it('lets go of what is settled by itself, and of a failed run when somebody is done with it', async () => {
    await hold();
    await failRun();
    const items = (await read()).items.map(({ kind, item }) => [kind, item] as const);
    const runs = items.find(([kind]) => kind === 'run')?.[1] ?? '';
    const held = items.find(([kind]) => kind === 'held')?.[1] ?? '';
    expect(await mark(held, 'done')).toBe(false);
    expect(await mark(runs, 'done')).toBe(true);
    expect((await read()).items.map(({ kind }) => kind)).toEqual(['held']);
    await stack.sql`update account_values set verdict = 'rejected' where verdict = 'held'`;
    expect((await read()).total).toBe(0);
    expect(await mark('held:nothing', 'assign')).toBe(false);
  });

  it('is told in a fraction of a second with a thousand things in it', async () => {
    await stack.sql`
      insert into account_values (user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict, reason)
      select a.user_id, a.id, date '2026-11-20' - n, 1, 'USD', 'daily_eod', 'snaptrade', now(), now(), 'held', 'unexplained_swing'
      from accounts a, generate_series(1, 1000) n`;
    await stack.sql`
      insert into alerts (incident_key, kind, facts, opened_at, last_seen_at)
      select 'reconnect:' || n, 'no_run', '{"tradingDay": "2026-11-20", "lastRunAt": null}', now(), now()
      from generate_series(1, 1000) n`;
    const { total, items } = await read();
    expect(total).toBe(1001);
    expect(items).toHaveLength(100);
  }, 10_000);
});

describe('the list of alerts', () => {
  it('has open ones first and newest first, each with its deliveries, one page by key', async () => {
    await alert(new Date('2026-11-18T22:00:00Z'));
    await settleAlerts(
      stack.admin,
      [],
      { isDelivered: false, quietSeconds: () => 600 },
      new Date('2026-11-19T22:00:00Z'),
    );
    await alert(new Date('2026-11-20T22:00:00Z'));
    const [open, over, ...others] = await listAlerts(stack.admin, { before: null, limit: 10 });
    expect(open).toMatchObject({ state: 'open', incident: { kind: 'no_run' }, deliveries: [] });
    expect(over).toMatchObject({ state: 'resolved', resolvedAt: '2026-11-19T22:00:00.000Z' });
    expect(others).toEqual([]);
    expect(await listAlerts(stack.admin, { before: open?.id ?? 0, limit: 10 })).toEqual([over]);
  });
});
