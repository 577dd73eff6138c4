import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { toDate } from '@/lib/domain/trading-date';
import { getHistory } from '@/lib/history/read';
import { readImports, undoImport } from '@/lib/imports/store';
import { previewImport, takeImport } from '@/lib/imports/take';
import { account, asked, ended, flow, reconstructed, value } from '../support/fill-fixture';
import { linkPortfolio, type PortfolioParts } from '../support/populated-fixture';
import { listCorrections, listPublished } from '../support/published';
import { readHistory } from '../support/read-history';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

const NOW = new Date('2026-11-20T22:00:00Z');
type Reader = Awaited<ReturnType<typeof linkReader>>;

async function linkReader(parts: PortfolioParts) {
  const user = await stack.createUser();
  const portfolio = await linkPortfolio(stack, { userId: user.id, ...parts });
  const read = (range: Parameters<typeof readHistory>[1]) => readHistory(user, range);
  return { ...portfolio, user, read };
}

interface Taken {
  readonly isOfficial?: boolean;
  readonly accountId?: string | null;
}

async function sent({ user }: Reader, text: string, { isOfficial = false, accountId }: Taken) {
  const [line] = await stack.sql<{ id: string }[]>`
    select line_id as id from account_lines where user_id = ${user.id} order by name limit 1`;
  return {
    userId: user.id,
    text,
    isOfficial,
    accountId: accountId === undefined ? (line?.id ?? null) : accountId,
  };
}

const clients = ({ user }: Reader) => ({ own: user.client, server: stack.admin });

async function take(reader: Reader, text: string, parts: Taken = {}, now = NOW) {
  return takeImport(clients(reader), { ...(await sent(reader, text, parts)), name: 'statements.csv' }, now);
}

async function preview(reader: Reader, text: string, parts: Taken = {}) {
  return previewImport(clients(reader), await sent(reader, text, parts), NOW);
}

async function undo({ user }: Reader, importId: string | null) {
  if (importId === null) throw new Error('nothing was taken in');
  return undoImport(stack.admin, { userId: user.id, importId }, NOW);
}

const file = (...rows: readonly string[]) => ['date,value', ...rows].join('\n');

/** An account known since Wednesday, 2026-11-18. */
async function linkOne(): Promise<Reader> {
  const reader = await linkReader({ accounts: ['isa'], since: '2026-11-18' });
  await reader.record({
    observations: [
      reconstructed('isa', '2026-11-18', '100'),
      value('isa', '2026-11-19', '110'),
      value('isa', '2026-11-20', '120'),
    ],
  });
  return reader;
}

const KNOWN = ['2026-11-18 100 reconstructed', '2026-11-19 110 daily_eod', '2026-11-20 120 daily_eod'];
const points = async (reader: Reader, from = '2026-01-01') =>
  (await reader.read({ from })).points.map(
    ({ date, value, kind, source }) => `${date} ${value} ${kind} ${source}`,
  );

describe('a file of past values', () => {
  it('adds estimated days from a statement, with gaps in between that nobody fills', async () => {
    const reader = await linkOne();
    const { importId, ...taken } = await take(reader, file('2026-09-30,80', '2026-10-31,90'));
    expect(taken).toEqual({ values: 2, published: 2 });
    expect(importId).not.toBeNull();
    expect(await listPublished(stack, reader.user.id)).toEqual([
      '2026-09-30 80 estimated',
      '2026-10-30 90 estimated',
      ...KNOWN,
    ]);
    const history = await reader.read({ from: '2026-01-01' });
    expect(history.points.slice(0, 2)).toMatchObject([
      {
        date: '2026-09-30',
        source: 'statement',
        asOf: '2026-09-30T20:00:00+00:00',
        carried: [],
        leftOut: [],
      },
      { date: '2026-10-30', source: 'statement' },
    ]);
    expect(history.gaps).toMatchObject([
      {
        from: '2026-10-01',
        to: '2026-10-29',
        days: 21,
        reason: 'provider_cannot',
        final: true,
        nextAttemptAt: null,
      },
      { from: '2026-11-02', to: '2026-11-17', days: 12, reason: 'provider_cannot', final: true },
    ]);
    expect(await listCorrections(stack, reader.user.id)).toEqual([]);
  });

  it('begins where the file begins when everything is asked for', async () => {
    const reader = await linkOne();
    await take(reader, file('2015-12-31,10'));
    expect((await reader.read({ from: null })).from).toBe('2015-12-31');
  });

  it('is previewed row by row, and then everything is as it was', async () => {
    const reader = await linkOne();
    await take(reader, file('2026-10-30,90', '2026-09-30,70'));
    const before = await listPublished(stack, reader.user.id);
    const rows = (
      await preview(
        reader,
        file(
          '1999-12-31,1',
          '2026-08-31,60',
          '2026-09-30,71',
          '2026-10-31,90',
          '2026-11-18,100.00',
          '2026-11-19,111',
          '2026-11-23,5',
          '2040-01-02,5',
        ),
      )
    ).rows;
    expect(rows.map(({ line, date, verdict, known }) => [line, date, verdict, known?.value ?? null])).toEqual(
      [
        [2, '1999-12-31', 'before', null],
        [3, '2026-08-31', 'new', null],
        [4, '2026-09-30', 'replaces', '70'],
        [5, '2026-10-30', 'same', '90'],
        [6, '2026-11-18', 'same', '100'],
        [7, '2026-11-19', 'differs', '110'],
        [8, '2026-11-23', 'future', null],
        [9, '2040-01-02', 'future', null],
      ],
    );
    expect(rows[3]).toMatchObject({ writtenDate: '2026-10-31', account: 'isa', currency: 'USD' });
    expect(rows[5]?.known).toEqual({ value: '110', currency: 'USD', kind: 'daily_eod', source: 'snaptrade' });
    expect(await listPublished(stack, reader.user.id)).toEqual(before);
    expect(await readImports(reader.user.client, reader.user.id)).toHaveLength(1);
  });

  it('shows beforehand which published days change, and changes exactly those', async () => {
    const reader = await linkOne();
    await take(reader, file('2026-09-30,70'));
    const text = file('2026-08-31,60', '2026-09-30,71', '2026-11-19,500');
    const { changes } = await preview(reader, text);
    expect(changes).toEqual([
      { date: '2026-08-31', now: null, next: { value: '60', kind: 'estimated' } },
      {
        date: '2026-09-30',
        now: { value: '70', kind: 'estimated' },
        next: { value: '71', kind: 'estimated' },
      },
    ]);
    expect(await take(reader, text)).toMatchObject({ values: 3, published: 2 });
    expect(await listPublished(stack, reader.user.id)).toEqual([
      '2026-08-31 60 estimated',
      '2026-09-30 71 estimated',
      ...KNOWN,
    ]);
    expect(await listCorrections(stack, reader.user.id)).toEqual([
      '2026-09-30 70 estimated -> 71 estimated: restated',
    ]);
  });

  it('changes nothing when it is taken in twice', async () => {
    const reader = await linkOne();
    const text = file('2026-09-30,80', '2026-11-19,500');
    await take(reader, text);
    const once = await listPublished(stack, reader.user.id);
    expect(await take(reader, text)).toEqual({ importId: null, values: 0, published: 0 });
    expect((await preview(reader, text)).changes).toEqual([]);
    expect(await listPublished(stack, reader.user.id)).toEqual(once);
    expect(await readImports(reader.user.client, reader.user.id)).toHaveLength(1);
  });

  it('never outranks what a broker reported, whichever came first', async () => {
    const reader = await linkReader({ accounts: ['isa'], since: '2026-11-18' });
    await take(reader, file('2026-11-18,999', '2026-11-19,999'));
    expect(await points(reader)).toEqual([
      '2026-11-18 999 estimated statement',
      '2026-11-19 999 estimated statement',
    ]);
    await reader.record({ observations: [value('isa', '2026-11-19', '110')] });
    await reader.record({ observations: [reconstructed('isa', '2026-11-18', '100')] });
    expect(await points(reader)).toEqual([
      '2026-11-18 100 reconstructed snaptrade',
      '2026-11-19 110 daily_eod snaptrade',
    ]);
    expect(await listCorrections(stack, reader.user.id)).toEqual([
      '2026-11-19 999 estimated -> 110 daily_eod: better observation',
      '2026-11-18 999 estimated -> 100 reconstructed: better observation',
    ]);
  });

  it('leaves the day to be asked of the broker, who may know better', async () => {
    const { user, connectionId, record } = await linkReader({ accounts: ['isa'], since: '2026-11-18' });
    await record({ observations: [value('isa', '2026-11-18', '1'), value('isa', '2026-11-20', '3')] });
    const missing = () => stack.sql<{ date: string }[]>`
      select value_date::text as date from missing_account_days(array[${connectionId}]::uuid[], '2026-11-18', '2026-11-20')`;
    expect(await missing()).toEqual([{ date: '2026-11-19' }]);
    await takeImport(
      { own: user.client, server: stack.admin },
      {
        userId: user.id,
        text: 'date,value,account\n2026-11-19,2,isa',
        accountId: null,
        isOfficial: false,
        name: 'x',
      },
      NOW,
    );
    expect(await listPublished(stack, user.id)).toHaveLength(3);
    expect(await missing()).toEqual([{ date: '2026-11-19' }]);
  });

  it('takes nothing in for days after an account ended or in another currency', async () => {
    const reader = await linkOne();
    await reader.record({ reconciled: [ended('isa', '2026-11-20')] });
    const text = 'date,value,currency\n2026-11-20,1,USD\n2026-10-30,1,EUR';
    expect((await preview(reader, text)).rows.map(({ verdict }) => verdict)).toEqual([
      'other_currency',
      'closed',
    ]);
    expect(await take(reader, text)).toEqual({ importId: null, values: 0, published: 0 });
  });

  it('is refused as a whole when a line of it is wrong', async () => {
    const reader = await linkOne();
    await expect(take(reader, file('2026-09-30,80', '2026-10-30,a lot'))).rejects.toMatchObject({
      code: 'bad_request',
      message: expect.stringContaining('Line 3, column “value”: “a lot” is no amount.'),
    });
    expect(await listPublished(stack, reader.user.id)).toEqual(KNOWN);
  });
});

describe('undoing an import', () => {
  it('takes its days away, says so of each, and keeps the values', async () => {
    const reader = await linkOne();
    const { importId } = await take(reader, file('2026-09-30,80', '2026-10-30,90', '2026-11-19,500'));
    expect(await undo(reader, importId)).toEqual({ importId, values: 3, published: 2 });
    expect(await listPublished(stack, reader.user.id)).toEqual(KNOWN);
    expect(await listCorrections(stack, reader.user.id)).toEqual([
      '2026-09-30 80 estimated -> withdrawn: import undone',
      '2026-10-30 90 estimated -> withdrawn: import undone',
    ]);
    const history = await reader.read({ from: null });
    expect([history.from, history.gaps]).toEqual(['2026-11-18', []]);
    const [kept] = await stack.sql<{ count: number }[]>`
      select count(*)::int from statement_values where import_id = ${importId} and voided_at is not null`;
    expect(kept?.count).toBe(3);
  });

  it('brings back what an earlier file gave for the same day', async () => {
    const reader = await linkOne();
    await take(reader, file('2026-09-30,80'));
    const second = await take(reader, file('2026-09-30,81'));
    await undo(reader, second.importId);
    expect((await listPublished(stack, reader.user.id))[0]).toBe('2026-09-30 80 estimated');
  });

  it('happens once, and to one’s own imports only; the file can be taken in again', async () => {
    const reader = await linkOne();
    const { importId } = await take(reader, file('2026-09-30,80'));
    const stranger = await linkOne();
    expect(await undo(stranger, importId)).toBeNull();
    expect(await undo(reader, randomUUID())).toBeNull();
    expect(await undo(reader, importId)).not.toBeNull();
    expect(await undo(reader, importId)).toBeNull();
    const later = new Date('2026-11-20T22:01:00Z');
    expect(await take(reader, file('2026-09-30,80'), {}, later)).toMatchObject({ values: 1, published: 1 });
    expect(await readImports(reader.user.client, reader.user.id)).toMatchObject([
      { undoneAt: null, values: 1, accounts: ['isa'], from: '2026-09-30', to: '2026-09-30' },
      { undoneAt: NOW.toISOString(), isOfficial: false, name: 'statements.csv' },
    ]);
    expect(await readImports(stranger.user.client, reader.user.id)).toEqual([]);
  });

  it('happens once also when it is asked for at the same time, as does taking in', async () => {
    const reader = await linkOne();
    const taken = await Promise.all(Array.from({ length: 4 }, () => take(reader, file('2026-09-30,80'))));
    const ids = taken.flatMap(({ importId }) => importId ?? []);
    expect(ids).toHaveLength(1);
    const undone = await Promise.all(Array.from({ length: 4 }, () => undo(reader, ids[0] ?? null)));
    expect(undone.filter((one) => one !== null)).toHaveLength(1);
    expect(await listPublished(stack, reader.user.id)).toEqual(KNOWN);
  });
});

describe('returns', () => {
  const statements = file('2026-09-30,50', '2026-10-30,100');

  const summaryOf = async ({ user }: Reader) => {
    const query = { period: 'custom', from: toDate('2026-01-01'), to: toDate('2026-11-20') } as const;
    const { summary } = await getHistory(user.client, user.id, query, query.to, NOW);
    return summary;
  };

  it('do not use values that nobody confirmed', async () => {
    const reader = await linkOne();
    const before = await summaryOf(reader);
    await take(reader, statements);
    expect(before.twr).toBe('0.2');
    expect(await summaryOf(reader)).toMatchObject({ valueChange: '20', twr: '0.2' });
  });

  it('use official values, from the first of them on', async () => {
    const reader = await linkOne();
    await take(reader, statements, { isOfficial: true });
    expect((await points(reader)).slice(0, 2)).toEqual([
      '2026-09-30 50 estimated official_statement',
      '2026-10-30 100 estimated official_statement',
    ]);
    expect(await summaryOf(reader)).toMatchObject({ valueChange: '70', twr: '1.4' });
  });

  it('use a known value once a file confirms it, and no more when that file is undone', async () => {
    const reader = await linkOne();
    await take(reader, statements);
    expect(
      (await preview(reader, statements, { isOfficial: true })).rows.map(({ verdict }) => verdict),
    ).toEqual(['confirms', 'confirms']);
    const { importId } = await take(reader, statements, { isOfficial: true });
    expect((await points(reader))[0]).toBe('2026-09-30 50 estimated official_statement');
    expect(await take(reader, statements)).toMatchObject({ importId: null });
    await undo(reader, importId);
    expect((await points(reader))[0]).toBe('2026-09-30 50 estimated statement');
  });

  it('count what was deposited since the first value of a statement', async () => {
    const reader = await linkOne();
    await take(reader, statements, { isOfficial: true });
    await reader.record({ flows: [flow('isa', '2026-10-15', '40')] });
    const { flows } = await reader.read({ from: '2026-01-01' });
    expect(flows.external).toEqual([{ date: '2026-10-15', amount: '40' }]);
  });

  it('wait for the movements of the time that a file reaches back to', async () => {
    const reader = await linkOne();
    const statement = {
      externalId: 'isa',
      sameAs: null,
      from: '2026-10-01',
      to: '2026-11-20',
      isComplete: true,
      rows: [],
    };
    await reader.record({ statements: [statement] });
    const syncedAt = async () =>
      (
        await stack.sql<{ at: string | null }[]>`
        select flows_synced_at as at from accounts where user_id = ${reader.user.id}`
      )[0]?.at;
    await take(reader, file('2026-10-30,100'));
    expect(await syncedAt()).not.toBeNull();
    await take(reader, file('2026-09-30,50'));
    expect(await syncedAt()).toBeNull();
  });
});

describe('several accounts', () => {
  const linkTwo = async () => {
    const reader = await linkReader({ accounts: ['a', 'b'], since: '2026-11-18' });
    await reader.record({
      observations: [reconstructed('a', '2026-11-18', '10'), reconstructed('b', '2026-11-18', '20')],
    });
    return reader;
  };

  it('make a day together: a part of them is none', async () => {
    const reader = await linkTwo();
    const text =
      'date,value,account\n2026-08-31,1,a\n2026-08-31,2,b\n2026-09-30,3,a\n2026-10-30,4,a\n2026-10-30,5,b';
    await take(reader, text, { isOfficial: true });
    expect(await points(reader)).toEqual([
      '2026-08-31 3 estimated official_statement',
      '2026-10-30 9 estimated official_statement',
      '2026-11-18 30 reconstructed snaptrade',
    ]);
    const { gaps } = await reader.read({ from: '2026-09-29', to: '2026-10-01' });
    expect(gaps).toMatchObject([
      { from: '2026-09-29', to: '2026-10-01', reason: 'provider_cannot', final: true },
    ]);
  });

  it('leave a day unconfirmed as long as one part of it is', async () => {
    const reader = await linkTwo();
    await take(reader, 'date,value,account\n2026-08-31,1,a', { isOfficial: true });
    await take(reader, 'date,value,account\n2026-08-31,2,b');
    expect((await points(reader))[0]).toBe('2026-08-31 3 estimated statement');
  });

  it('are told without one that only statements know, once brokers report the others', async () => {
    const reader = await linkReader({ accounts: ['a', 'b'], since: '2026-11-18' });
    await reader.record({
      observations: [
        ...['2026-11-16', '2026-11-17', '2026-11-18'].map((date) => reconstructed('a', date, '10')),
        reconstructed('b', '2026-11-18', '20'),
      ],
    });
    const text = 'date,value,account\n2026-10-30,6,a\n2026-10-30,5,b\n2026-11-16,15,b';
    await take(reader, text, { isOfficial: true });
    expect(await points(reader)).toEqual([
      '2026-10-30 11 estimated official_statement',
      '2026-11-16 10 estimated snaptrade',
      '2026-11-17 10 estimated snaptrade',
      '2026-11-18 30 reconstructed snaptrade',
    ]);
    const { flows, points: days } = await reader.read({ from: '2026-01-01' });
    expect(days[1]?.leftOut).toMatchObject([{ name: 'b' }]);
    // It leaves with what it was worth last, and comes back with what it is worth then.
    expect(flows.external).toEqual([
      { date: '2026-11-16', amount: '-5' },
      { date: '2026-11-18', amount: '20' },
    ]);
    const [b] = await stack.sql<{ id: string }[]>`
      select line_id as id from account_lines where user_id = ${reader.user.id} and name = 'b'`;
    const alone = await reader.read({ from: '2026-01-01', accountIds: [b?.id ?? ''] });
    expect(alone.points.map(({ date, value: total }) => `${date} ${total}`)).toEqual([
      '2026-10-30 5',
      '2026-11-16 15',
      '2026-11-18 20',
    ]);
    expect(alone.flows.external).toEqual([]);
  });

  it('go on by statements alone between the end of one and the beginning of another', async () => {
    const reader = await linkReader({ accounts: ['a'], since: '2026-11-10' });
    await reader.record({ observations: [value('a', '2026-11-10', '10')] });
    await reader.record({ reconciled: [ended('a', '2026-11-11')] });
    const other = await reader.connectAnother({ accounts: ['b'], since: '2026-11-18' });
    await other.record({ observations: [value('b', '2026-11-18', '20')] });
    await take(reader, 'date,value,account\n2026-11-10,14,b\n2026-11-12,15,b');
    expect(await points(reader)).toEqual([
      '2026-11-10 10 daily_eod snaptrade',
      '2026-11-12 15 estimated statement',
      '2026-11-18 20 daily_eod snaptrade',
    ]);
    const { flows } = await reader.read({ from: '2026-11-10' });
    expect(flows.external).toEqual([
      { date: '2026-11-11', amount: '-10' },
      { date: '2026-11-12', amount: '15' },
    ]);
  });

  it('change nothing of what was published of one that was linked before', async () => {
    const reader = await linkReader({ accounts: ['a'], since: '2026-11-16' });
    await reader.record({
      observations: ['2026-11-16', '2026-11-17', '2026-11-18'].map((date) => value('a', date, '10')),
    });
    const other = await reader.connectAnother({ accounts: ['b'], since: '2026-11-18' });
    await other.record({ observations: [value('b', '2026-11-18', '20')] });
    const [before, corrections] = [await points(reader), await listCorrections(stack, reader.user.id)];
    await take(reader, 'date,value,account\n2026-10-30,5,b\n2026-11-16,15,b', { isOfficial: true });
    expect(await points(reader)).toEqual(['2026-10-30 5 estimated official_statement', ...before]);
    expect(await listCorrections(stack, reader.user.id)).toEqual(corrections);
  });

  it('are never carried from a statement', async () => {
    const reader = await linkReader({ accounts: ['a', 'b'], since: '2026-11-18' });
    await reader.record({
      observations: [value('a', '2026-11-18', '10'), value('a', '2026-11-19', '11')],
      outcomes: [asked('b', '2026-11-18'), asked('b', '2026-11-19')],
    });
    await take(reader, 'date,value,account\n2026-11-18,20,b');
    expect(await points(reader)).toEqual(['2026-11-18 30 estimated snaptrade,statement']);
  });
});

it('wait for the exchange rates of their days, however old, and are a gap until then', async () => {
  const reader = await linkReader({
    accounts: [account('isa', { currency: 'GBP' })],
    since: '2026-11-18',
    currency: 'SEK',
  });
  await take(reader, 'date,value\n2015-12-31,100');
  const needed = async () => {
    const { data } = await stack.admin.rpc('needed_exchange_rates', {
      p_day: '2026-11-20',
      p_now: NOW.toISOString(),
    });
    return z.array(z.object({ base: z.string(), quote: z.string(), from: z.string() })).parse(data);
  };
  expect(await needed()).toContainEqual({ base: 'GBP', quote: 'SEK', from: '2015-12-31' });
  const { gaps } = await reader.read({ from: '2015-12-31', to: '2015-12-31' });
  expect(gaps).toMatchObject([{ from: '2015-12-31', reason: 'rate_missing' }]);

  await stack.admin.rpc('record_exchange_rates', {
    p_rates: [{ base: 'GBP', quote: 'SEK', date: '2015-12-31', rate: '12.5' }],
    p_pairs: [{ base: 'GBP', quote: 'SEK' }],
    p_since: '2015-12-31',
    p_through: '2026-11-20',
    p_source: 'test',
    p_now: NOW.toISOString(),
  });
  expect(await points(reader, '2015-12-31')).toEqual(['2015-12-31 1250 estimated statement']);
});

describe('values from statements', () => {
  it('are seen by their user and written by nobody but the server, which changes none of them', async () => {
    const reader = await linkOne();
    await take(reader, file('2026-09-30,80'));
    const stranger = await stack.createUser();
    const seen = async ({ client }: typeof stranger) => [
      (await client.from('statement_imports').select()).data?.length,
      (await client.from('statement_values').select()).data?.length,
      (await client.from('stated_values').select()).data?.length,
    ];
    expect([await seen(reader.user), await seen(stranger)]).toEqual([
      [1, 1, 1],
      [0, 0, 0],
    ]);
    for (const change of [
      'total_value = 1',
      "voided_at = null, value_date = '2026-09-29'",
      'is_official = true',
    ])
      await expect(
        stack.service.unsafe(`update statement_values set ${change} where user_id = '${reader.user.id}'`),
      ).rejects.toMatchObject({ code: '23001' });
    await expect(stack.service`delete from statement_values`).rejects.toMatchObject({ code: '42501' });
    await expect(
      stack.sql`delete from statement_imports where user_id = ${reader.user.id}`,
    ).rejects.toMatchObject({ code: '23001' });
    await expect(stack.sql`truncate statement_values`).rejects.toMatchObject({ code: '23001' });
  });

  it('stay void once they are', async () => {
    const reader = await linkOne();
    const { importId } = await take(reader, file('2026-09-30,80'));
    await undo(reader, importId);
    await expect(
      stack.service`update statement_values set voided_at = null where user_id = ${reader.user.id}`,
    ).rejects.toMatchObject({ code: '23001' });
  });

  it('go with their user', async () => {
    const reader = await linkOne();
    await take(reader, file('2026-09-30,80'));
    await stack.sql`delete from auth.users where id = ${reader.user.id}`;
    const rows = await stack.sql`select from statement_values where user_id = ${reader.user.id}`;
    expect(rows).toHaveLength(0);
  });
});
