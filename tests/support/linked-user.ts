import { randomBytes, randomUUID } from 'node:crypto';
import { createClient } from '@supabase/supabase-js';
import { z } from 'zod';
import { encryptCredentials } from '@/lib/credentials';
import type { Database } from '@/lib/db/types';
import type { SandboxUser } from '@/lib/local/sandbox';
import type { SandboxAccount } from '@/lib/local/sandbox/scenario';
import type { StackStatus } from '@/lib/local/status-file';
import { readMailedLink } from './mailbox';
import { changeStack } from './sandbox-control';
import { type AccountInput, account, connection, user } from './scenario';
import type { TestStack } from './test-stack';
import type { WorkerHarness } from './worker-harness';

/** A user of a test's own at the running app, linked to an account at its brokerage. */
export interface LinkedUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
  /** Of the account and its connection at the brokerage. */
  readonly accountId: string;
  readonly connectionId: string;
  /** Takes the user's data away, so that other tests do not meet it. */
  remove(): Promise<void>;
}

export interface LinkedUserParts {
  readonly account?: Partial<AccountInput>;
  readonly institution?: string;
  /** A trading day since which the account is expected, though nothing was captured; null when it was never asked. */
  readonly knownSince?: string | null;
  /** Until when no scheduled tick asks for it; null for at once. */
  readonly notBefore?: string | null;
}

/** The running app that the user is to be at. */
export interface AppFacts {
  readonly status: StackStatus;
  /** Seals the user's credentials. */
  readonly credentialsKey: string;
}

/** Signs a user up, opens an account for them at the sandbox brokerage, and links it. */
export async function linkUserAt(
  { status, credentialsKey }: AppFacts,
  parts: LinkedUserParts = {},
): Promise<LinkedUser> {
  const key = randomUUID();
  const brokerUser = user({
    userId: `user-${key}`,
    connections: [
      connection({
        id: `connection-${key}`,
        accounts: [account({ id: `account-${key}`, ...parts.account })],
      }),
    ],
  });
  await addToSandbox(status, brokerUser);

  const visitor = createClient(status.supabaseUrl, status.publishableKey, {
    auth: { persistSession: false },
  });
  const email = `${key}@example.com`;
  await visitor.auth.signUp({ email, password: key });
  const link = await readMailedLink(status, email);
  const { data } = await visitor.auth.verifyOtp({
    type: 'signup',
    token_hash: link.searchParams.get('token_hash') ?? '',
  });
  if (data.user === null || data.session === null) throw new Error('cannot sign up');
  const id = data.user.id;

  const service = createClient<Database>(status.supabaseUrl, status.secretKey, {
    auth: { persistSession: false },
  });
  await succeed(service.from('portfolios').insert({ user_id: id }));
  await succeed(
    service.from('brokerage_connections').insert({
      id: key,
      user_id: id,
      provider: 'snaptrade',
      external_id: `connection-${key}`,
      institution: parts.institution ?? 'Test Brokerage',
      retry_at: parts.notBefore ?? null,
    }),
  );
  const { userId, userSecret } = brokerUser;
  const ciphertext = encryptCredentials({ userId, userSecret }, credentialsKey);
  await succeed(service.from('connection_credentials').insert({ connection_id: key, ciphertext }));
  if (parts.knownSince) {
    await succeed(
      service.from('accounts').insert({
        user_id: id,
        connection_id: key,
        external_id: `account-${key}`,
        name: 'Account',
        currency: 'USD',
        category: 'investment',
        first_known_on: parts.knownSince,
        history_asked_at: `${parts.knownSince}T22:30:00Z`,
      }),
    );
  }
  return {
    id,
    email,
    password: key,
    accessToken: data.session.access_token,
    accountId: `account-${key}`,
    connectionId: `connection-${key}`,
    remove: () => succeed(service.from('portfolios').delete().eq('user_id', id)),
  };
}

async function addToSandbox(status: StackStatus, brokerUser: ReturnType<typeof user>): Promise<void> {
  const state = await changeStack(status, 'GET', '/state');
  const { scenario } = z.object({ scenario: z.looseObject({ users: z.array(z.unknown()) }) }).parse(state);
  const instrument = { symbol: 'SANDBOX-500' };
  const instruments = z.array(z.looseObject({ symbol: z.string() })).parse(scenario.instruments);
  const body = {
    ...scenario,
    instruments: [...instruments.filter(({ symbol }) => symbol !== instrument.symbol), instrument],
    users: [...scenario.users, brokerUser],
  };
  await changeStack(status, 'PUT', '/scenario', body);
}

async function succeed(
  writing: PromiseLike<{ readonly error: { readonly message: string } | null }>,
): Promise<void> {
  const { error } = await writing;
  if (error !== null) throw new Error(error.message);
}

/** Opens the credentials that `linkUser` stores. */
export const CREDENTIALS_KEY = randomBytes(32).toString('base64');

/** Long before anything that tests are about. */
const LINKED_AT = '2026-01-02T12:00:00Z';

/** A user without a password who has linked all connections of a sandbox user; none was asked yet. Returns our id. */
export async function linkUser(
  { sql }: TestStack,
  { userId: sandboxUserId, userSecret, connections }: SandboxUser,
): Promise<string> {
  const userId = randomUUID();
  await sql`insert into auth.users (id, email) values (${userId}, ${`${userId}@example.com`})`;
  await sql`insert into portfolios (user_id) values (${userId})`;
  for (const { id, institution } of connections) {
    const connectionId = randomUUID();
    await sql`
      insert into brokerage_connections (id, user_id, provider, external_id, institution, created_at)
      values (${connectionId}, ${userId}, 'snaptrade', ${id}, ${institution.name}, ${LINKED_AT})`;
    await sql`
      insert into connection_credentials (connection_id, ciphertext)
      values (${connectionId}, ${encryptCredentials({ userId: sandboxUserId, userSecret }, CREDENTIALS_KEY)})`;
  }
  return userId;
}

/** Removes all users with everything of theirs, all runs, backfills and exchange rates, and what is left of request budgets. */
export async function forgetEverything({ sql }: TestStack): Promise<void> {
  await sql`delete from auth.users`;
  await sql`delete from connection_removals`;
  await sql`delete from runs`;
  await sql`delete from backfill_requests`;
  await sql`delete from alerts`;
  await sql`delete from calendar_checks`;
  await sql`delete from exchange_rates`;
  await sql`delete from exchange_rate_readings`;
  await sql`delete from granted_requests`;
  await sql`update request_budgets set paused_until = null`;
}

/** What a new link of the first user's first connection looks like. */
interface NewLink {
  /** Whether the provider still knows the old connection too. */
  readonly besidesTheOld?: boolean;
  /** What else is different about the accounts, which get the ids `<id>-again`. */
  readonly account?: Partial<SandboxAccount>;
}

/** Links the first user's first connection anew: the provider gives other ids to it and its accounts. */
export async function linkAgain(harness: WorkerHarness, link: NewLink = {}): Promise<void> {
  const { state } = harness.sandbox;
  const [user, ...others] = state.scenario.users;
  const [old, ...further] = user?.connections ?? [];
  if (user === undefined || old === undefined) throw new Error('the scenario has no connection');
  const accounts = old.accounts.map((one) => ({ ...one, ...link.account, id: `${one.id}-again` }));
  const again = { ...old, id: `${old.id}-again`, accounts };
  const kept = link.besidesTheOld === true ? [old, ...further] : further;
  state.replaceUsers([{ ...user, connections: [...kept, again] }, ...others]);

  const connectionId = randomUUID();
  const credentials = { userId: user.userId, userSecret: user.userSecret };
  await harness.stack.sql`
    insert into brokerage_connections (id, user_id, provider, external_id, institution)
    values (${connectionId}, ${harness.userId()}, 'snaptrade', ${again.id}, ${again.institution.name})`;
  await harness.stack.sql`
    insert into connection_credentials (connection_id, ciphertext)
    values (${connectionId}, ${encryptCredentials(credentials, CREDENTIALS_KEY)})`;
}

/** Our id of a row that the provider calls by this id. */
export async function idOf(
  { stack }: WorkerHarness,
  table: 'accounts' | 'brokerage_connections',
  externalId: string,
): Promise<string> {
  const [row] = await stack.sql<{ id: string }[]>`
    select id from ${stack.sql(table)} where external_id = ${externalId}`;
  if (row === undefined) throw new Error(`${table} has no ${externalId}`);
  return row.id;
}

/** How many real accounts the stored rows are taken for. */
export async function countLines({ stack }: WorkerHarness): Promise<number> {
  const [row] = await stack.sql<
    { lines: number }[]
  >`select count(distinct line_id)::int as lines from accounts`;
  return row?.lines ?? 0;
}
