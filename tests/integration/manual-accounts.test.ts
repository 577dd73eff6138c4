import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConnections } from '@/lib/connections/store';
import { DEFAULT_RECONCILE_RULES } from '@/lib/domain/reconcile/reconcile';
import { toDate } from '@/lib/domain/trading-date';
import { republish } from '@/lib/fill/republish';
import { publishMissing } from '@/lib/fill/store';
import { getHistory } from '@/lib/history/read';
import { addByHand, endByHand, giveValue, takeBack } from '@/lib/manual-accounts/keep';
import { readManualAccounts } from '@/lib/manual-accounts/store';
import { value } from '../support/fill-fixture';
import { linkPortfolio } from '../support/populated-fixture';
import { listCorrections } from '../support/published';
import { readHistory } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/** Friday, an hour after the close. */
const NOW = new Date('2026-11-20T22:00:00Z');
const ALL = { from: '2026-11-01' } as const;

async function createKeeper() {
  const user = await stack.createUser();
  const add = (parts: object = {}, now = NOW) =>
    addByHand(
      stack.admin,
      user.id,
      { name: 'Pension', currency: 'USD', date: '2026-11-16', value: '1000', ...parts },
      { newId: randomUUID, dataNotice: null, now },
    );
  const own = async () => ({ userId: user.id, accountId: (await kept())[0]?.id ?? '' });
  const kept = () => readManualAccounts(user.client, user.id);
  return {
    user,
    add,
    own,
    kept,
    give: async (date: string, total: string, now = NOW) =>
      giveValue(stack.admin, await own(), { date, value: total }, now),
    remove: async (date: string | null) => takeBack(stack.admin, await own(), date, NOW),
    end: async (since: string | null) => endByHand(stack.admin, await own(), { since }, NOW),
    points: async (range: Parameters<typeof readHistory>[1] = ALL) =>
      (await readHistory(user, range)).points.map(
        ({ date, value: total, kind, source, carried }) =>
          `${date} ${total} ${kind} ${source}${carried.map(({ from }) => ` carried from ${from}`).join('')}`,
      ),
  };
}

describe('an account that no broker knows', () => {
  it('counts from its first value on, each until the next, and is named as carried in between', async () => {
    const { add, give, points } = await createKeeper();
    await add();
    await give('2026-11-19', '1100.5');
    expect(await points()).toEqual([
      '2026-11-16 1000 estimated manual',
      '2026-11-17 1000 estimated manual carried from 2026-11-16',
      '2026-11-18 1000 estimated manual carried from 2026-11-16',
      '2026-11-19 1100.5 estimated manual',
      '2026-11-20 1100.5 estimated manual carried from 2026-11-19',
    ]);
  });

  it('goes on without a broker: each tick publishes the days that have closed since', async () => {
    const { user, add, points } = await createKeeper();
    await add();
    const days = { from: toDate('2026-10-25'), to: toDate('2026-11-24') };
    const scope = { ...days, userId: null, asked: false, phase: 'all' } as const;
    const tuesday = new Date('2026-11-24T22:00:00Z');
    expect(await publishMissing(stack.admin, scope, tuesday)).toBeGreaterThanOrEqual(2);
    expect((await points({ from: '2026-11-23', to: '2026-11-24' })).map((day) => day.slice(0, 15))).toEqual([
      '2026-11-23 1000',
      '2026-11-24 1000',
    ]);
    expect(await publishMissing(stack.admin, { ...scope, userId: user.id }, tuesday)).toBe(0);
  });

  it('adds to what a broker reports, whichever was there first, and makes its days estimates', async () => {
    for (const isFirst of [true, false]) {
      const { user, add, points } = await createKeeper();
      const link = async () => {
        const linked = await linkPortfolio(stack, { userId: user.id, since: '2026-11-17' });
        await linked.record({
          observations: [
            value('account', '2026-11-17', '10'),
            value('account', '2026-11-18', '20'),
            value('account', '2026-11-19', '30'),
            value('account', '2026-11-20', '40'),
          ],
        });
      };
      if (isFirst) await add();
      await link();
      if (!isFirst) await add();
      expect((await points()).slice(-3), `by hand first: ${isFirst}`).toEqual([
        '2026-11-18 1020 estimated manual,snaptrade carried from 2026-11-16',
        '2026-11-19 1030 estimated manual,snaptrade carried from 2026-11-16',
        '2026-11-20 1040 estimated manual,snaptrade carried from 2026-11-16',
      ]);
    }
  });

  it('joins as money that comes in and leaves as money that goes out, in no return', async () => {
    const { user, add, give, end } = await createKeeper();
    await linkPortfolio(stack, { userId: user.id, since: '2026-11-16' }).then(({ record }) =>
      record({
        observations: ['16', '17', '18', '19', '20'].map((day) => value('account', `2026-11-${day}`, '50')),
      }),
    );
    await add({ date: '2026-11-17' });
    await give('2026-11-18', '1200');
    await end('2026-11-20');
    const { flows, points } = await readHistory(user, ALL);
    expect(flows.external).toEqual([
      { date: '2026-11-17', amount: '1000' },
      { date: '2026-11-20', amount: '-1200' },
    ]);
    expect(points.map(({ value: total, kind }) => `${total} ${kind}`)).toEqual([
      '50 daily_eod',
      '1050 estimated',
      '1250 estimated',
      '1250 estimated',
      '50 daily_eod',
    ]);
    const query = { period: 'ALL', from: null, to: toDate('2026-11-20') } as const;
    const { summary } = await getHistory(user.client, user.id, query, toDate('2026-11-20'), NOW);
    expect(summary).toMatchObject({ valueChange: '0', netDeposits: '-200', marketChange: '200' });
  });

  it('is converted at the rate of each day', async () => {
    const { add, points } = await createKeeper();
    await stack.sql`
      insert into exchange_rates (base_currency, quote_currency, rate_date, rate, source)
      values ('EUR', 'USD', '2026-11-16', 1.1, 'test'), ('EUR', 'USD', '2026-11-19', 1.2, 'test')`;
    await add({ currency: 'EUR' });
    expect((await points()).map((day) => day.split(' ').slice(0, 2).join(' '))).toEqual([
      '2026-11-16 1100',
      '2026-11-17 1100',
      '2026-11-18 1100',
      '2026-11-19 1200',
      '2026-11-20 1200',
    ]);
  });

  it('can be nothing, and can be a debt', async () => {
    const { add, give, points } = await createKeeper();
    await add({ date: '2026-11-19', value: '0' });
    await give('2026-11-20', '-250.25');
    expect(await points()).toEqual(['2026-11-19 0 estimated manual', '2026-11-20 -250.25 estimated manual']);
  });
});

describe('a value that is given by hand', () => {
  it('of a weekend counts for the close before, and of today while the market is open as well', async () => {
    const { add, give, kept } = await createKeeper();
    await add({ date: '2026-11-15' });
    await give('2026-11-20', '7', new Date('2026-11-20T17:00:00Z'));
    expect((await kept())[0]?.values).toEqual([
      { date: '2026-11-19', total: '7' },
      { date: '2026-11-13', total: '1000' },
    ]);
  });

  it('replaces the one of its day, leaves a trace in the corrections, and twice is once', async () => {
    const { user, add, give, points } = await createKeeper();
    await add({ date: '2026-11-19' });
    expect(await give('2026-11-19', '1001')).toMatchObject({ published: 2 });
    expect(await give('2026-11-19', '1001')).toMatchObject({ published: 0 });
    expect((await points())[0]).toBe('2026-11-19 1001 estimated manual');
    expect((await listCorrections(stack, user.id))[0]).toBe(
      '2026-11-19 1000 estimated -> 1001 estimated: restated',
    );
    const [stored] = await stack.sql<{ count: number; voided: number }[]>`
      select count(*)::integer as count, count(voided_at)::integer as voided from statement_values where user_id = ${user.id}`;
    expect(stored).toEqual({ count: 2, voided: 1 });
  });

  it('taken back, lets the one before it count again; with the last one goes the account', async () => {
    const { user, add, give, remove, own, kept, points } = await createKeeper();
    await add({ date: '2026-11-18' });
    const gone = await own();
    await give('2026-11-20', '5');
    await remove('2026-11-20');
    expect((await points()).at(-1)).toBe('2026-11-20 1000 estimated manual carried from 2026-11-18');
    await remove('2026-11-18');
    expect(await kept()).toEqual([]);
    expect(await points()).toEqual([]);
    expect((await readHistory(user, ALL)).accounts).toEqual([]);
    const again = takeBack(stack.admin, gone, '2026-11-18', NOW);
    await expect(again).rejects.toMatchObject({ code: 'not_found' });
  });

  it.each([
    [{ date: '2026-11-21' }, 'still to come'],
    [{ date: '1990-01-02' }, 'is before'],
    [{ date: '2026-02-30' }, 'date'],
    [{ value: '1e9' }, 'must be an amount'],
    [{ value: '' }, 'must be an amount'],
    [{ currency: 'XXX' }, 'currency'],
    [{ name: ' ' }, 'name'],
    [{ kind: 'daily_eod' }, 'kind'],
  ])('is refused with %j', async (parts, detail) => {
    const { add, kept } = await createKeeper();
    await expect(add(parts)).rejects.toThrow(detail);
    expect(await kept()).toEqual([]);
  });

  it('is its user’s own', async () => {
    const { user, add, own, kept } = await createKeeper();
    await add();
    const { accountId } = await own();
    const stranger = await stack.createUser();
    const theirs = { userId: stranger.id, accountId };
    await expect(takeBack(stack.admin, theirs, null, NOW)).rejects.toMatchObject({ code: 'not_found' });
    await expect(
      giveValue(stack.admin, theirs, { date: '2026-11-17', value: '1' }, NOW),
    ).rejects.toMatchObject({ code: 'not_found' });
    expect(await readManualAccounts(stranger.client, user.id)).toEqual([]);
    expect(await kept()).toHaveLength(1);
  });
});

describe('the end of an account that is kept by hand', () => {
  it('is from a day on, and can be taken back', async () => {
    const { user, add, end, give, points, kept } = await createKeeper();
    await add();
    await end('2026-11-19');
    expect((await points()).map((day) => day.slice(0, 10))).toEqual([
      '2026-11-16',
      '2026-11-17',
      '2026-11-18',
    ]);
    expect((await kept())[0]?.endedOn).toBe('2026-11-19');
    expect((await republish(stack.admin, user.id, NOW, DEFAULT_RECONCILE_RULES)).days).toBe(0);
    expect((await kept())[0]?.endedOn).toBe('2026-11-19');
    await expect(give('2026-11-20', '1')).rejects.toThrow('ended on that day');
    await end(null);
    expect(await points()).toHaveLength(5);
  });

  it('is neither with its first value nor further away than the next close', async () => {
    const { add, end } = await createKeeper();
    await add();
    for (const day of ['2026-11-16', '2026-11-24'])
      await expect(end(day)).rejects.toMatchObject({ code: 'bad_request' });
  });
});

it('nobody is ever asked about it, and it is no connection that could be unlinked', async () => {
  const { user, add } = await createKeeper();
  await add();
  const { data: marked } = await stack.admin.rpc('mark_due_connections', {
    p_user_id: user.id,
    p_from: '2026-10-01',
    p_to: '2026-11-20',
    p_asked: true,
    p_now: NOW.toISOString(),
  });
  expect(marked).toBe(0);
  expect(await readConnections(user.client, user.id)).toEqual([]);
  const [{ id } = { id: '' }] = await stack.sql<{ id: string }[]>`
    select id from brokerage_connections where user_id = ${user.id}`;
  const { data: access } = await stack.admin.rpc('connection_access', {
    p_user_id: user.id,
    p_connection_id: id,
  });
  expect(access).toBeNull();
  const { data: changed } = await stack.admin.rpc('pause_connections', {
    p_user_id: user.id,
    p_providers: ['snaptrade'],
    p_now: NOW.toISOString(),
  });
  expect(changed).toBe(0);
});

it('operators see its days as estimates, and none of them as missing', async () => {
  const { user, add } = await createKeeper();
  await add();
  const { data } = await stack.admin.rpc('coverage_days', {
    p_user_ids: [user.id],
    p_from: '2026-11-13',
    p_to: '2026-11-20',
    p_due: '2026-11-20',
    p_reach: '2025-11-20',
  });
  expect(data).toEqual([{ user_id: user.id, days: '.eeeee' }]);
});

it('its user takes it along and leaves nothing of it behind', async () => {
  const { user, add, give } = await createKeeper();
  await add();
  await give('2026-11-18', '1100');
  const { data: exported } = await stack.admin.rpc('export_user', { p_user_id: user.id });
  expect(exported).toMatchObject({ accounts: [{ name: 'Pension' }], statement_values: [{}, {}] });
  const { data: receipt } = await stack.admin.rpc('delete_user', {
    p_user_id: user.id,
    p_now: NOW.toISOString(),
  });
  expect(receipt).toMatchObject({ deleted: { accounts: 1, statement_values: 2 } });
  expect(await stack.sql`select from statement_values where user_id = ${user.id}`).toHaveLength(0);
});

it('what it is worth counts in the live total, which it dates no further back', async () => {
  const { user, add } = await createKeeper();
  const { record } = await linkPortfolio(stack, { userId: user.id, since: '2026-11-16' });
  await record({
    observations: [value('account', '2026-11-20', '50')],
    live: [
      {
        externalId: 'account',
        total: '51',
        currency: 'USD',
        source: 'snaptrade',
        asOf: '2026-11-20T21:30:00Z',
      },
    ],
  });
  await add();
  const { live } = await readHistory(user, ALL);
  expect(live).toMatchObject({ value: '1051', source: 'manual,snaptrade' });
  expect(Date.parse(live?.asOf ?? '')).toBe(Date.parse('2026-11-20T21:30:00Z'));
});
