import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type SupabaseApi, startSupabaseApi } from '@/lib/local/supabase-api';
import { listFiles, readProjectFile } from '../support/import-graph';
import { silenceRefusedQueries } from '../support/test-stack';

/** Tells what limit a statement is under, and one that sets a limit for itself and would outlast it. */
const FUNCTIONS = `
  create function public.tell_limit() returns text language sql as $$ select current_setting('statement_timeout') $$;
  create function public.tell_own_limit() returns text language sql set statement_timeout = '45s'
    as $$ select current_setting('statement_timeout') $$;
  create function public.outlast_own_limit() returns text language plpgsql set statement_timeout = '50ms'
    as $$ begin perform pg_sleep(0.3); return 'outlasted'; end $$;
  grant execute on function public.tell_limit, public.tell_own_limit, public.outlast_own_limit to anon, authenticated, service_role;`;

/**
 * What the server may call without a limit of its own: each reads or writes a few rows of one user, one run or one request.
 * Whatever is not here has to say how long it may take.
 */
const BOUNDED = [
  'account_series',
  'account_trust',
  'begin_registration',
  'benchmark_closes',
  'claim_alert_delivery',
  'claim_calendar_check',
  'claim_link_sessions',
  'claim_live_reads',
  'claim_refresh',
  'connection_access',
  'count_request',
  'finish_alert_delivery',
  'finish_run',
  'intraday_points',
  'keep_provider_user',
  'linked_brokerages',
  'newest_benchmark_price',
  'open_matches',
  'open_run',
  'pause_requests',
  'portfolio_corrections',
  'portfolio_history',
  'record_benchmark_prices',
  'record_connection_event',
  'release_request',
  'return_refresh',
  'save_note',
  'run_document',
  'set_subscription',
  'take_requests',
  'undelivered_alerts',
  'user_connections',
  'user_email',
  'user_unsubscriptions',
  'user_notes',
  'user_with_email',
];

const { serverUrl, template, keys } = inject('testDatabase');
const database = `limits_${randomUUID().replaceAll('-', '')}`;
let restoreConsole: () => void;
let server: Sql;
let sql: Sql;
let api: SupabaseApi;

beforeAll(async () => {
  restoreConsole = silenceRefusedQueries();
  server = postgres(`${serverUrl}postgres`, { max: 1 });
  await server.unsafe(`create database ${database} template ${template}`);
  sql = postgres(`${serverUrl}${database}`, { max: 1, onnotice: () => {} });
  await sql.unsafe(FUNCTIONS);
  api = await startSupabaseApi(`${serverUrl}${database}`, 0, keys);
});
afterAll(async () => {
  restoreConsole();
  await api.close();
  await sql.end();
  await server.unsafe(`drop database ${database} with (force)`);
  await server.end();
});

const auth = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
const connect = (key: string, headers: Record<string, string> = {}) =>
  createClient(api.url, key, { auth, global: { headers } });

async function signUp() {
  const { data } = await connect(keys.publishableKey).auth.signUp({
    email: 'someone@example.com',
    password: randomUUID(),
  });
  return connect(keys.publishableKey, { Authorization: `Bearer ${data.session?.access_token}` });
}

describe('a statement of the API', () => {
  it('ends after three seconds for visitors, and after eight for users and for the server', async () => {
    const limits = [connect(keys.publishableKey), await signUp(), connect(keys.secretKey)].map(
      async (client) => (await client.rpc('tell_limit')).data,
    );
    expect(await Promise.all(limits)).toEqual(['3s', '8s', '8s']);
  });

  it('ends after the time that the function sets for itself', async () => {
    const admin = connect(keys.secretKey);
    expect((await admin.rpc('tell_own_limit')).data).toBe('45s');
    const { data, error } = await admin.rpc('outlast_own_limit');
    expect(data).toBeNull();
    expect(error?.message).toContain('statement timeout');
  });

  it('would not, were it left to the function alone: the clock runs since the statement began', async () => {
    expect(await sql`select outlast_own_limit() as answer`).toEqual([{ answer: 'outlasted' }]);
  });
});

it('every function that the server calls and that grows with users, runs or days has a limit of its own', async () => {
  const rows = await sql<{ name: string }[]>`
    select p.proname as name from pg_proc p cross join unnest(p.proconfig) setting
    where p.pronamespace = 'public'::regnamespace and setting like 'statement_timeout=%'`;
  const limited = new Set([...BOUNDED, ...rows.map(({ name }) => name)]);
  const called = listFiles()
    .filter((path) => path.startsWith('lib/'))
    .flatMap((path) =>
      [...readProjectFile(path).matchAll(/\.rpc\(\s*'(\w+)'/g)].map(([, name = '']) => name),
    );
  expect(called.length).toBeGreaterThan(50);
  expect(called.filter((name) => !limited.has(name))).toEqual([]);
});
