import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from '../support/test-stack';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack();
});
afterAll(() => stack.close());

/**
 * Who may do what with a table, as the design says it: browser roles read at most, evidence and the record of
 * corrections are never deleted, and the budget is only spent through its functions.
 */
const INTENDED: Readonly<Record<string, Partial<Record<'anon' | 'authenticated' | 'service_role', string>>>> =
  {
    account_line_changes: { authenticated: 'SELECT', service_role: 'INSERT SELECT' },
    account_lines: { authenticated: 'SELECT', service_role: 'SELECT' },
    account_match_proposals: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    account_sightings: { service_role: 'INSERT SELECT UPDATE' },
    account_values: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    accounts: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    alert_deliveries: { service_role: 'INSERT SELECT UPDATE' },
    alerts: { service_role: 'INSERT SELECT UPDATE' },
    audit_log: { service_role: 'INSERT SELECT' },
    backfill_accounts: { service_role: 'INSERT SELECT UPDATE' },
    backfill_requests: { service_role: 'INSERT SELECT UPDATE' },
    benchmark_prices: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    brokerage_connections: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    calendar_checks: { service_role: 'INSERT SELECT UPDATE' },
    cash_flows: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    connection_credentials: { service_role: 'DELETE INSERT SELECT UPDATE' },
    connection_removals: { service_role: 'DELETE INSERT SELECT UPDATE' },
    coverage_years: { service_role: 'DELETE INSERT SELECT UPDATE' },
    current_values: { authenticated: 'SELECT', service_role: 'SELECT' },
    decisions: { service_role: 'INSERT SELECT' },
    day_notes: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    exchange_rate_readings: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    exchange_rates: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    fill_outcomes: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    granted_requests: { service_role: 'SELECT' },
    intraday_values: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    inbox_events: { service_role: 'INSERT SELECT' },
    line_values: { authenticated: 'SELECT', service_role: 'SELECT' },
    link_sessions: { service_role: 'DELETE INSERT SELECT UPDATE' },
    live_values: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    movement_rows: { authenticated: 'SELECT', service_role: 'INSERT SELECT' },
    movement_statements: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    portfolios: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    provider_registrations: { service_role: 'DELETE INSERT SELECT UPDATE' },
    provider_users: { service_role: 'INSERT SELECT UPDATE' },
    question_backoffs: { service_role: 'DELETE INSERT SELECT UPDATE' },
    rate_limits: { service_role: 'DELETE INSERT SELECT UPDATE' },
    request_budgets: { service_role: 'SELECT' },
    request_demands: { service_role: 'SELECT' },
    runs: { service_role: 'DELETE INSERT SELECT UPDATE' },
    snapshot_corrections: { authenticated: 'SELECT', service_role: 'INSERT SELECT' },
    stated_values: { authenticated: 'SELECT', service_role: 'SELECT' },
    statement_imports: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    statement_values: { authenticated: 'SELECT', service_role: 'INSERT SELECT UPDATE' },
    trading_days: { anon: 'SELECT', authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    unknown_spans: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    unsubscriptions: { service_role: 'DELETE INSERT SELECT' },
    user_deletions: { service_role: 'SELECT' },
    user_messages: { service_role: 'INSERT SELECT UPDATE' },
    user_notices: { service_role: 'INSERT SELECT UPDATE' },
    user_portfolio_history: { authenticated: 'SELECT', service_role: 'DELETE INSERT SELECT UPDATE' },
    verdict_changes: { service_role: 'INSERT SELECT' },
    webhook_events: { service_role: 'DELETE INSERT SELECT' },
  };

test('every role has the intended rights to every table and no other', async () => {
  const rows = await stack.sql<{ table: string; role: string | null; rights: string }[]>`
    select c.relname as table, r.rolname as role, string_agg(g.privilege_type, ' ' order by g.privilege_type) as rights
    from pg_class c
    left join lateral aclexplode(c.relacl) g on g.grantee <> c.relowner
    left join pg_roles r on r.oid = g.grantee
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    group by c.relname, r.rolname`;
  const granted: Record<string, Record<string, string>> = {};
  for (const { table, role, rights } of rows) {
    granted[table] ??= {};
    if (rights !== null) granted[table][role ?? 'public'] = rights;
  }
  expect(granted).toEqual(INTENDED);
});

test('no column has rights of its own', async () => {
  expect(
    await stack.sql`
      select a.attrelid::regclass::text, a.attname from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'public'::regnamespace and a.attacl is not null`,
  ).toEqual([]);
});

test('browser roles hold no right to any sequence', async () => {
  expect(
    await stack.sql`
      select c.relname, g.grantee::regrole::text from pg_class c, aclexplode(c.relacl) g
      where c.relnamespace = 'public'::regnamespace and c.relkind = 'S'
        and g.grantee in (0, 'anon'::regrole, 'authenticated'::regrole)`,
  ).toEqual([]);
});

async function listExecutable(role: string): Promise<readonly string[]> {
  const rows = await stack.sql<{ name: string }[]>`
    select proname as name from pg_proc
    where pronamespace = 'public'::regnamespace and has_function_privilege(${role}, oid, 'execute')
    order by proname`;
  return rows.map((row) => row.name);
}

test('a visitor may execute no function, a signed-in user only those that read their own portfolio, and the rules it is read by', async () => {
  expect(await listExecutable('anon')).toEqual([]);
  expect(await listExecutable('authenticated')).toEqual([
    'account_series',
    'account_trust',
    'benchmark_closes',
    'carry_sessions_max',
    'close_before',
    'conclude_snapshots',
    'gap_reason',
    'history_flows',
    'history_gaps',
    'history_points',
    'intraday_points',
    'kind_rank',
    'line_value_between',
    'linking_lasts',
    'live_total',
    'manual_accounts',
    'open_matches',
    'portfolio_corrections',
    'portfolio_history',
    'rate_on',
    'rate_was_read',
    'small_carry_sessions_max',
    'user_connections',
    'user_imports',
    'user_notes',
  ]);
});

test('the service role may execute every function but the triggers', async () => {
  const callable = await stack.sql<{ name: string }[]>`
    select proname as name from pg_proc
    where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype
    order by proname`;
  expect(await listExecutable('service_role')).toEqual(callable.map((row) => row.name));
});

test('every function has a fixed search path, or a body that was bound when it was created, so that nobody can slip a table of theirs under it', async () => {
  const loose = await stack.sql`
    select proname from pg_proc
    where pronamespace = 'public'::regnamespace and prosqlbody is null
      and not coalesce(exists (select from unnest(proconfig) setting where setting = 'search_path=""'), false)`;
  expect(loose).toEqual([]);
});

test('only the shared request budget, the look at e-mail addresses and the deletion of users run with their owner’s rights', async () => {
  const definers = await stack.sql<{ name: string }[]>`
    select proname as name from pg_proc
    where pronamespace = 'public'::regnamespace and prosecdef order by proname`;
  expect(definers.map((row) => row.name)).toEqual([
    'delete_user',
    'pause_requests',
    'take_requests',
    'user_directory',
    'user_email',
    'user_with_email',
  ]);
});

test('no policy lets a browser role write', async () => {
  expect(
    await stack.sql`select tablename, policyname from pg_policies where schemaname = 'public' and cmd <> 'SELECT'`,
  ).toEqual([]);
});

test('every view shows its reader no more than the tables behind it do', async () => {
  expect(
    await stack.sql`
      select relname from pg_class
      where relnamespace = 'public'::regnamespace and relkind in ('v', 'm')
        and not coalesce('security_invoker=true' = any (reloptions), false)`,
  ).toEqual([]);
});
