import { createClient } from '@supabase/supabase-js';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { populatePortfolio, type TestPortfolio } from '../support/populated-fixture';
import { startTestStack, type TestStack, type TestUser } from '../support/test-stack';
import { worthlessTokens } from '../support/tokens';

/** Functions that a signed-in user may call, and the rules that these are read by; all but these are refused, whoever asks with less than the secret key. */
const OF_USERS: ReadonlySet<string> = new Set([
  'account_series',
  'account_trust',
  'benchmark_closes',
  'carry_sessions_max',
  'close_before',
  'conclude_snapshots',
  'gap_reason',
  'history_flows',
  'line_value_between',
  'history_gaps',
  'history_points',
  'intraday_points',
  'kind_rank',
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
/** Tables that any signed-in user may read whole. */
const SHARED: ReadonlySet<string> = new Set([
  'trading_days',
  'exchange_rates',
  'exchange_rate_readings',
  'benchmark_prices',
]);

/** More than a thousand requests, on whatever machine. */
const MANY_REQUESTS_MS = 300_000;

let stack: TestStack;
let owner: TestUser;
let portfolio: TestPortfolio;
/** What a caller sends beside the publishable key, by who they are; null for nothing. */
const callers = new Map<string, string | null>();
let tables: readonly { name: string; isRead: boolean }[];
let functions: readonly { name: string; names: string[] | null }[];

beforeAll(async () => {
  stack = await startTestStack();
  owner = await stack.createUser();
  portfolio = await populatePortfolio(stack, owner.id);
  const [other, admin, demoted] = [
    await stack.createUser(),
    await stack.createUser(),
    await stack.createUser(),
  ];
  const tokenOfRole = async (user: TestUser) => {
    await stack.sql`
      update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"role": "admin"}'
      where id = ${user.id}`;
    const visitor = createClient(stack.supabaseUrl, stack.keys.publishableKey, {
      auth: { persistSession: false },
    });
    const { data } = await visitor.auth.signInWithPassword({ email: user.email, password: user.password });
    return data.session?.access_token ?? '';
  };
  callers.set('nobody, with the publishable key', null);
  callers.set('the other user', other.accessToken);
  callers.set('an administrator', await tokenOfRole(admin));
  callers.set('an administrator of yesterday', await tokenOfRole(demoted));
  await stack.sql`update auth.users set raw_app_meta_data = '{}' where id = ${demoted.id}`;
  for (const [name, token] of Object.entries(worthlessTokens(owner.accessToken, stack.keys.jwtSecret)))
    callers.set(name, token);

  tables = await stack.sql<{ name: string; isRead: boolean }[]>`
    select relname as name, has_table_privilege('authenticated', oid, 'select') as "isRead" from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f') order by relname`;
  functions = await stack.sql<{ name: string; names: string[] | null }[]>`
    select proname as name, proargnames as names from pg_proc
    where pronamespace = 'public'::regnamespace and prorettype <> 'trigger'::regtype order by proname`;
});
afterAll(() => stack.close());

const isSignedIn = (caller: string) => /user|administrator/.test(caller);

async function askApi(path: string, token: string | null, init: RequestInit = {}) {
  const headers = {
    apikey: stack.keys.publishableKey,
    'content-type': 'application/json',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  const answer = await fetch(`${stack.supabaseUrl}/rest/v1/${path}`, { ...init, headers });
  return { status: answer.status, text: await answer.text() };
}

/** What only the owner may ever see. */
const betrays = (text: string) =>
  [owner.id, owner.email, portfolio.connectionId, 'sealed'].some((secret) => text.includes(secret));

let checks = 0;

it(
  'of every table of the catalog, nobody sees a row of somebody else’s, whatever they send',
  async () => {
    for (const { name, isRead } of tables) {
      const answers = [...callers].map(async ([caller, token]) => {
        const { status, text } = await askApi(`${name}?limit=1000`, token);
        const at = `${caller} at ${name}: ${status} ${text.slice(0, 200)}`;
        expect(betrays(text), at).toBe(false);
        // Whoever sends a worthless token is a visitor at best, and what visitors may read is the calendar.
        if (!isSignedIn(caller) && name === 'trading_days') expect([200, 401, 403], at).toContain(status);
        else if (!isSignedIn(caller) || !isRead) expect([401, 403], at).toContain(status);
        else if (!SHARED.has(name)) expect([status, text], at).toEqual([200, '[]']);
        else expect(status, at).toBe(200);
        checks += 1;
      });
      await Promise.all(answers);
    }
  },
  MANY_REQUESTS_MS,
);

it(
  'of every function of the catalog, only those for users answer users, and none of them about somebody else',
  async () => {
    for (const { name, names } of functions) {
      const parameters = (names ?? []).filter((parameter) => parameter.startsWith('p_'));
      const body = JSON.stringify(
        Object.fromEntries(
          parameters.map((parameter) => [parameter, parameter === 'p_user_id' ? owner.id : null]),
        ),
      );
      const answers = [...callers].map(async ([caller, token]) => {
        const { status, text } = await askApi(`rpc/${name}`, token, { method: 'POST', body });
        const at = `${caller} at ${name}: ${status} ${text.slice(0, 200)}`;
        expect(betrays(text), at).toBe(false);
        if (!isSignedIn(caller) || !OF_USERS.has(name)) expect([401, 403], at).toContain(status);
        else expect([401, 403], at).not.toContain(status);
        checks += 1;
      });
      await Promise.all(answers);
    }
  },
  MANY_REQUESTS_MS,
);

it('that was every table and every function, asked by every caller', () => {
  expect(tables.length).toBeGreaterThan(25);
  expect(functions.length).toBeGreaterThan(60);
  expect(checks).toBe((tables.length + functions.length) * callers.size);
  process.stdout.write(
    `Access matrix of the Data API: ${checks} checks of ${tables.length} tables and ${functions.length} functions.\n`,
  );
});
