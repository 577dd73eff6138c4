import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '@/lib/db/types';
import { populatePortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';

type Table = keyof Database['public']['Tables'];

/** What belongs to nobody and may be read by every signed-in user. */
const PUBLIC_KNOWLEDGE = ['trading_days', 'exchange_rates', 'exchange_rate_readings', 'benchmark_prices'];
/** What only the service role may read, though some of it is about a user. */
const SERVER_ONLY = [
  'account_sightings',
  'alert_deliveries',
  'alerts',
  'audit_log',
  'backfill_accounts',
  'backfill_requests',
  'calendar_checks',
  'connection_credentials',
  'connection_removals',
  'coverage_years',
  'decisions',
  'granted_requests',
  'inbox_events',
  'link_sessions',
  'provider_registrations',
  'provider_users',
  'question_backoffs',
  'rate_limits',
  'request_budgets',
  'request_demands',
  'runs',
  'unsubscriptions',
  'user_deletions',
  'user_messages',
  'user_notices',
  'verdict_changes',
  'webhook_events',
];

let stack: TestStack;
let tables: readonly Table[];
/** All but views, to which nobody has any right but to read them. */
let writable: readonly Table[];
let owner: TestUser;
let neighbour: TestUser;
let stranger: TestUser;
let owned: TestPortfolio;

beforeAll(async () => {
  stack = await startTestStack();
  const rows = await stack.sql<{ name: Table; isWritable: boolean }[]>`
    select relname as name, relkind in ('r', 'p') as "isWritable" from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by relname`;
  tables = rows.map((row) => row.name);
  writable = rows.filter((row) => row.isWritable).map((row) => row.name);
  owner = await stack.createUser();
  neighbour = await stack.createUser();
  stranger = await stack.createUser();
  owned = await populatePortfolio(stack, owner.id);
  await populatePortfolio(stack, neighbour.id);
});
afterAll(() => stack.close());

const isOwnersTable = (table: Table) => !PUBLIC_KNOWLEDGE.includes(table) && !SERVER_ONLY.includes(table);

/** The state of all tables in one text, to show that an attempt changed nothing. */
async function readEverything(): Promise<string> {
  const states = await Promise.all(
    tables.map(
      (table) =>
        stack.sql`select md5(string_agg(t::text, '' order by t::text)) as state from ${stack.sql(table)} t`,
    ),
  );
  return JSON.stringify(states.flat());
}

describe('reading', () => {
  test('there is something of two users to see in every table', async () => {
    for (const table of tables) {
      const [row] = await stack.sql`select count(*)::int as rows from ${stack.sql(table)}`;
      expect(
        row?.rows,
        `${table} is empty: populatePortfolio should put a row of each user there`,
      ).toBeGreaterThan(isOwnersTable(table) ? 1 : 0);
    }
  });

  test('row-level security is on for every table', async () => {
    const open = await stack.sql`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relrowsecurity`;
    expect(open).toEqual([]);
  });

  test('a user sees their own rows and nobody else’s', async () => {
    for (const table of tables.filter(isOwnersTable)) {
      const { data, error } = await owner.client.from(table).select();
      expect(error, table).toBeNull();
      expect(new Set((data ?? []).map((row) => 'user_id' in row && row.user_id)), table).toEqual(
        new Set([owner.id]),
      );
    }
  });

  test('a user without a portfolio sees no row of anybody', async () => {
    for (const table of tables.filter(isOwnersTable)) {
      const { data, error } = await stranger.client.from(table).select();
      expect({ table, data, error }).toEqual({ table, data: [], error: null });
    }
  });

  test('a visitor who is not signed in is refused everything but the calendar', async () => {
    for (const table of tables) {
      const { data, error } = await stack.anonymous.from(table).select().limit(1);
      expect(`${table}: ${error?.code ?? `${data?.length} rows`}`).toBe(
        table === 'trading_days' ? 'trading_days: 1 rows' : `${table}: 42501`,
      );
    }
  });

  test('credentials of a provider, runs and budgets are refused to every role that a browser can hold', async () => {
    for (const table of SERVER_ONLY as Table[]) {
      const { data, error } = await owner.client.from(table).select();
      expect(`${table}: ${error?.code ?? `${data?.length} rows`}`).toBe(`${table}: 42501`);
    }
  });

  test('the server reads everybody’s rows with its secret key', async () => {
    const { data } = await stack.admin.from('user_portfolio_history').select('user_id');
    expect(new Set(data?.map((row) => row.user_id))).toEqual(new Set([owner.id, neighbour.id]));
  });

  test('without any key nothing is answered', async () => {
    const answer = await fetch(`${stack.supabaseUrl}/rest/v1/trading_days?limit=1`);
    expect(answer.status).toBe(401);
  });
});

describe('writing', () => {
  test.each(['owner', 'stranger', 'visitor'])(
    'the %s can insert, change and delete nothing anywhere',
    async (who) => {
      const clients = { owner: owner.client, stranger: stranger.client, visitor: stack.anonymous };
      const client = clients[who as keyof typeof clients];
      const before = await readEverything();
      for (const table of writable) {
        const [column] = await stack.sql<{ name: string }[]>`
        select attname as name from pg_attribute
        where attrelid = ${table}::regclass and attnum > 0 and attgenerated = '' and attidentity = '' limit 1`;
        const name = column?.name ?? '';
        const rows = client.from(table);
        // No type knows a column by a name that is read from the catalogue.
        const change = { [name]: null } as never;
        const attempts = {
          insert: await rows.insert(change),
          update: await rows.update(change).not(name, 'is', null),
          delete: await rows.delete().not(name, 'is', null),
        };
        for (const [attempt, { error }] of Object.entries(attempts)) {
          expect(`${attempt} ${table}: ${error?.code}`).toBe(`${attempt} ${table}: 42501`);
        }
      }
      expect(await readEverything()).toBe(before);
    },
  );

  test.each(['anon', 'authenticated'])(
    'the role %s is refused every writing statement by the database',
    async (role) => {
      for (const table of writable) {
        for (const statement of [
          `insert into ${table} default values`,
          `delete from ${table}`,
          `truncate ${table}`,
        ]) {
          const attempt = stack.sql.begin(async (tx) => {
            await tx.unsafe(`set local role ${role}; set local request.jwt.claim.sub = '${owner.id}'`);
            await tx.unsafe(statement);
          });
          await expect(attempt, statement).rejects.toMatchObject({ code: '42501' });
        }
      }
    },
  );
});

describe('functions', () => {
  test('portfolio_history gives the owner their points', async () => {
    expect(await readPointsOf(owner, owned.userId)).toHaveLength(2);
  });

  test('portfolio_history of somebody else has no points, gaps, connections or live value', async () => {
    const { data } = await neighbour.client.rpc('portfolio_history', historyOf(owned.userId));
    expect(data).toMatchObject({ points: [], gaps: [], connections: [], live: null, dataNotice: null });
  });

  test('account_series gives the owner every account, and somebody else none', async () => {
    const days = { p_user_id: owned.userId, p_from: '2026-11-16', p_to: '2026-11-20' };
    const { data } = await owner.client.rpc('account_series', days);
    expect(data).toMatchObject([{ values: [{}, {}] }]);
    expect((await neighbour.client.rpc('account_series', days)).data).toEqual([]);
    expect((await stack.anonymous.rpc('account_series', days)).error?.code).toBe('42501');
  });

  test('portfolio_history is refused without sign-in', async () => {
    const { error } = await stack.anonymous.rpc('portfolio_history', historyOf(owned.userId));
    expect(error?.code).toBe('42501');
  });

  test('the worker’s functions are refused to a signed-in user', async () => {
    const { error } = await owner.client.rpc('record_fill', {
      p_connection_id: owned.connectionId,
      p_worker: owned.connectionId,
      p_fill: {},
      p_now: '2026-11-20T22:00:00Z',
    });
    expect(error?.code).toBe('42501');
  });
});

const historyOf = (userId: string) => ({
  p_user_id: userId,
  p_from: '2026-11-16',
  p_to: '2026-11-20',
  p_due: '2026-11-20',
  p_reach: '2025-11-20',
});

async function readPointsOf(user: TestUser, userId: string): Promise<unknown> {
  const { data } = await user.client.rpc('portfolio_history', historyOf(userId));
  return typeof data === 'object' && data !== null && 'points' in data ? data.points : data;
}
