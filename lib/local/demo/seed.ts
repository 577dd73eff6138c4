import { randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import type { Sql } from 'postgres';
import { encryptCredentials } from '@/lib/credentials';
import { serviceClient } from '@/lib/db/clients';
import { type TradingSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import { reconcileLine } from '@/lib/fill/decide';
import {
  accountValueOn,
  createMarket,
  readRealCloses,
  renderActivities,
  type SandboxAccount,
  type SandboxConnection,
  scenarioSchema,
  settleFlows,
} from '@/lib/local/sandbox';
import type { ApiKeys } from '@/lib/local/supabase-api';
import type { BulkUser } from './bulk-users';
import {
  DEMO_NOTICE,
  DEMO_PASSWORD,
  type Demo,
  type DemoUser,
  type SandboxLogin,
  sandboxLogin,
} from './scenario';

interface SeedOptions {
  readonly sql: Sql;
  readonly supabaseUrl: string;
  readonly keys: ApiKeys;
  readonly credentialsKey: string;
  readonly latest: TradingSession;
  readonly now: Date;
}

/** Brokers are read a little after the close. */
const CAPTURED_AFTER_CLOSE_MS = 40 * 60_000;

/** Before any evidence. */
const BEGINNING = '1900-01-01' as TradingDate;

/** Long enough to look at a first fill for a day; then the next tick takes the connection over. */
const LEASE_MS = 12 * 60 * 60_000;

/**
 * Signs the demo users up and records what our system would have captured on the days when it was up. All days that it
 * missed are left missing: healing them is the product's own work.
 */
export async function seedDemo(demo: Demo, options: SeedOptions): Promise<void> {
  const { sql } = options;
  const world = openWorld(demo, options.latest);
  for (const user of demo.users) {
    const userId = await signUp(user, options);
    await sql`update auth.users set raw_app_meta_data = raw_app_meta_data || ${sql.json({ role: user.role })} where id = ${userId}`;
    if (user.connections.length === 0) continue;
    await seedPortfolio({ ...user, userId, login: sandboxLogin(user.story) }, world, options);
  }
}

/** Users without a password, likewise; one of them has a value that waits for a verdict. */
export async function seedBulkUsers(
  bulkUsers: readonly BulkUser[],
  demo: Pick<Demo, 'firstDay' | 'scenario'>,
  options: SeedOptions,
): Promise<void> {
  const { sql, latest } = options;
  const world = openWorld(demo, latest);
  for (const { email, login, capturedOn, holdsSwing } of bulkUsers) {
    const userId = randomUUID();
    await sql`insert into auth.users (id, email) values (${userId}, ${email})`;
    await seedPortfolio({ userId, login, capturedOn }, world, options);
    if (!holdsSwing) continue;
    const asOf = new Date(Date.parse(latest.closesAt) + 2 * CAPTURED_AFTER_CLOSE_MS).toISOString();
    await sql`
      insert into account_values (user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict, reason)
      select user_id, account_id, value_date, total_value * 10, currency, kind, source, ${asOf}, ${asOf}, 'held', 'unexplained_swing'
      from account_values where user_id = ${userId} and value_date = ${latest.date}`;
  }
}

/** What the sandbox will say, read once for all users. */
type World = ReturnType<typeof openWorld>;

function openWorld(
  { firstDay, scenario: input }: Pick<Demo, 'firstDay' | 'scenario'>,
  latest: TradingSession,
) {
  const scenario = scenarioSchema.parse(input);
  return {
    firstDay,
    scenario,
    market: createMarket(scenario.instruments, readRealCloses()),
    sessions: tradingSessions(firstDay, latest.date),
  };
}

interface SeededPortfolio {
  readonly userId: string;
  readonly login: SandboxLogin;
  readonly capturedOn: DemoUser['capturedOn'];
  readonly failuresSoFar?: DemoUser['failuresSoFar'];
  readonly leasedConnection?: DemoUser['leasedConnection'];
  readonly allowsEstimates?: DemoUser['allowsEstimates'];
}

/** Links what the sandbox knows of a user, and records and publishes the days that were captured. */
async function seedPortfolio(
  {
    userId,
    login,
    capturedOn,
    failuresSoFar = 0,
    leasedConnection,
    allowsEstimates = false,
  }: SeededPortfolio,
  world: World,
  options: SeedOptions,
): Promise<void> {
  const { sql } = options;
  const { scenario, market, sessions } = world;
  await sql`
    insert into portfolios (user_id, data_notice, estimates_since)
    values (${userId}, ${DEMO_NOTICE}, ${allowsEstimates ? options.now : null})`;

  const sealed = encryptCredentials(login, options.credentialsKey);
  await sql`insert into provider_users (user_id, provider, ciphertext) values (${userId}, 'snaptrade', ${sealed})`;
  const connections =
    scenario.users.find((candidate) => candidate.userId === login.userId)?.connections ?? [];
  for (const connected of connections) {
    const { id, institution, accounts, disabledSince } = connected;
    const [connection] = await sql<{ id: string }[]>`
      insert into brokerage_connections (user_id, provider, external_id, institution, attempts)
      values (${userId}, 'snaptrade', ${id}, ${institution.name}, ${failuresSoFar}) returning id`;
    if (connection === undefined) throw new Error('the demo connection was not stored');
    await sql`
      insert into connection_credentials (connection_id, ciphertext)
      values (${connection.id}, ${sealed})`;
    if (id === leasedConnection) {
      await sql`
        update brokerage_connections
        set due_at = ${options.now}, lease_owner = gen_random_uuid(), lease_expires_at = ${new Date(options.now.getTime() + LEASE_MS)}
        where id = ${connection.id}`;
    }
    const lastDay = disabledSince === null ? null : disabledSince.slice(0, 10);
    const captured = sessions.filter(({ date }) => capturedOn(date) && (lastDay === null || date < lastDay));
    if (captured.length === 0) continue;
    await sql`
      update brokerage_connections set last_success_at = ${captured.at(-1)?.closesAt ?? null} where id = ${connection.id}`;
    for (const account of accounts) {
      await seedAccount(account, { userId, connectionId: connection.id }, captured, market, sql);
    }
    if (allowsEstimates) await seedHoldings(connected, connection.id, captured, market, sql);
    if (disabledSince !== null)
      await seedMovements(connected, disabledSince, { userId, connectionId: connection.id }, market, options);
  }
  await sql`select publish_snapshots(${userId}, ${world.firstDay}, ${options.latest.date}, 'observed', ${options.now})`;
}

/** Nobody reads a demo user's mail, so their address is confirmed at once. */
async function signUp(user: DemoUser, { sql, supabaseUrl, keys }: SeedOptions): Promise<string> {
  const client = createClient(supabaseUrl, keys.publishableKey, { auth: { persistSession: false } });
  const { data, error } = await client.auth.signUp({ email: user.email, password: DEMO_PASSWORD });
  if (error !== null || data.user === null)
    throw new Error(`demo user ${user.email} could not sign up: ${error?.message}`);
  await sql`update auth.users set email_confirmed_at = now() where id = ${data.user.id}`;
  return data.user.id;
}

async function seedAccount(
  account: SandboxAccount,
  owner: { readonly userId: string; readonly connectionId: string },
  captured: readonly TradingSession[],
  market: ReturnType<typeof createMarket>,
  sql: Sql,
): Promise<void> {
  const category =
    account.category === 'LOC' ? 'credit' : account.category === 'DEPOSIT' ? 'deposit' : 'investment';
  const [stored] = await sql<{ id: string }[]>`
    insert into accounts (user_id, connection_id, external_id, institution_account_id, name, currency, category, is_paper, first_known_on, history_asked_at, created_at)
    values (
      ${owner.userId}, ${owner.connectionId}, ${account.id}, ${account.institutionAccountId}, ${account.name ?? 'Account'},
      ${account.currency}, ${category}, ${account.isPaper}, ${account.openedOn}, ${captured[0]?.closesAt ?? null},
      ${account.openedOn}
    ) returning id`;
  if (stored === undefined) throw new Error('the demo account was not stored');
  const rows = captured.flatMap((session) => {
    const total = accountValueOn(account, session.date, market);
    const asOf = new Date(Date.parse(session.closesAt) + CAPTURED_AFTER_CLOSE_MS).toISOString();
    return total === null ? [] : [{ value_date: session.date, total_value: total, as_of: asOf }];
  });
  await sql`
    insert into account_values (user_id, account_id, value_date, total_value, currency, kind, source, as_of, observed_at, verdict)
    select ${owner.userId}, ${stored.id}, r.value_date, r.total_value, ${account.currency}, 'daily_eod', 'snaptrade', r.as_of, r.as_of, 'accepted'
    from jsonb_to_recordset(${sql.json(rows)}) as r (value_date date, total_value numeric, as_of timestamptz)`;
}

/**
 * What accounts held on the last captured day. The first tick reads the movements that explain it, so that the days that nobody can give
 * are estimated at once and not only after two evenings.
 */
async function seedHoldings(
  { accounts }: SandboxConnection,
  connectionId: string,
  captured: readonly TradingSession[],
  market: ReturnType<typeof createMarket>,
  sql: Sql,
): Promise<void> {
  const session = captured.at(-1);
  if (session === undefined) return;
  const asOf = new Date(Date.parse(session.closesAt) + CAPTURED_AFTER_CLOSE_MS);
  const holdings = accounts.map((account) => {
    const { cash, units } = settleFlows(account, session.date, market).holding;
    const symbol = account.instrument;
    const close = symbol === null ? null : market.levelOn(symbol, session.date);
    return {
      externalId: account.id,
      date: session.date,
      asOf,
      currency: account.currency,
      cash: cash.toFixed(2),
      source: 'snaptrade',
      positions:
        symbol === null ? [] : [{ symbol, units: units.toFixed(6), close: close?.toFixed(4) ?? null }],
    };
  });
  const fill = { holdings, holdingsAsked: accounts.map(({ id }) => id) };
  await sql`select record_holdings(${connectionId}, ${sql.json(fill)}, ${asOf})`;
}

/** What the sandbox's types of activities are. */
const KINDS: Readonly<Record<string, MovementKind>> = {
  CONTRIBUTION: 'deposit',
  WITHDRAWAL: 'withdrawal',
  BUY: 'other',
  SELL: 'other',
};

/** More rows than any account of the demo has. */
const ROWS_MAX = 10_000;

/**
 * What was read of an account's movements before its connection broke. Those of the others are read by the first tick, which is
 * not let in here any more; without them, nobody would know whether what the account was worth had been paid in.
 */
async function seedMovements(
  connection: SandboxConnection,
  disabledSince: Instant,
  { userId, connectionId }: { readonly userId: string; readonly connectionId: string },
  market: ReturnType<typeof createMarket>,
  { sql, supabaseUrl, keys, now }: SeedOptions,
): Promise<void> {
  const readAt = new Date(disabledSince);
  const query = { startDate: null, endDate: null, types: null, offset: 0, limit: ROWS_MAX };
  const statements = connection.accounts.map((account) => ({
    externalId: account.id,
    from: account.openedOn,
    to: disabledSince.slice(0, 10),
    isComplete: true,
    rows: renderActivities(connection, account, market, disabledSince, query).data.map((row) => ({
      reference: row.external_reference_id,
      vendorType: row.type,
      kind: KINDS[row.type] ?? 'unclassified',
      amount: String(row.amount),
      currency: account.currency,
      date: row.trade_date.slice(0, 10),
      description: row.description,
      nth: 1,
    })),
  }));
  await sql`select record_statements(${userId}, ${connectionId}, ${sql.json(statements)}, ${readAt})`;
  const accounts = await sql<{ id: string; lineId: string }[]>`
    update accounts set flows_synced_at = ${readAt} where connection_id = ${connectionId} returning id, line_id as "lineId"`;
  const client = serviceClient({
    NEXT_PUBLIC_SUPABASE_URL: supabaseUrl,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: keys.publishableKey,
    SUPABASE_SECRET_KEY: keys.secretKey,
  });
  for (const { id, lineId } of accounts)
    await reconcileLine(client, { lineId, accountId: id, from: BEGINNING, why: 'observed' }, now);
}
