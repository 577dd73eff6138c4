import { randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import { inject } from 'vitest';
import type { Database } from '@/lib/db/types';
import { type ApiKeys, startSupabaseApi } from '@/lib/local/supabase-api';
import type { TestDatabaseFacts } from './global-setup';

/**
 * The embedded API prints every query that Postgres refused, and tests of refusals cause many. Only those objects are
 * swallowed; whatever else is written to the console stays visible. Returns the way back.
 */
export function silenceRefusedQueries(): () => void {
  const { console } = globalThis;
  const printError = console.error;
  console.error = (...words: unknown[]) => {
    if (words.length === 1 && isPostgresError(words[0])) return;
    printError(...words);
  };
  return () => {
    console.error = printError;
  };
}

function isPostgresError(word: unknown): boolean {
  return word instanceof Error && (word.name === 'PostgresError' || isPostgresError(word.cause));
}

/** A Supabase of a test file's own: a fresh database with all migrations and an API in front of it. */
export interface TestStack {
  readonly supabaseUrl: string;
  readonly keys: ApiKeys;
  /** Straight to the database as superuser, to arrange and to look. */
  readonly sql: Sql;
  /** Straight to the database with the service role's rights, over many connections at once. */
  readonly service: Sql;
  /** A client with the secret key: the service role, as the server has it. */
  readonly admin: SupabaseClient<Database>;
  /** A client with the publishable key and no user, as any visitor has it. */
  readonly anonymous: SupabaseClient<Database>;
  createUser(email?: string): Promise<TestUser>;
  /** Stops the API and drops the database. */
  close(): Promise<void>;
}

export interface TestUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly accessToken: string;
  /** A client with the user's own rights. */
  readonly client: SupabaseClient<Database>;
}

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };
const MANY = 12;
/** A query that is still under way when its test is over ends with the database. */
const POOL_END_SECONDS = 5;

/** The cluster is the one of the test run, where none is given. */
export async function startTestStack(facts?: TestDatabaseFacts): Promise<TestStack> {
  const { serverUrl, template, keys } = facts ?? inject('testDatabase');
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  const databaseUrl = `${serverUrl}${database}`;
  await administer(serverUrl, `create database ${database} template ${template}`);

  const sql = postgres(databaseUrl, { max: 4, onnotice: () => {} });
  const service = postgres(databaseUrl, {
    max: MANY,
    onnotice: () => {},
    connection: { options: '-c role=service_role' },
  });
  const restoreConsole = silenceRefusedQueries();
  const api = await startSupabaseApi(databaseUrl, 0, keys);
  const connect = (key: string, headers: Record<string, string> = {}) =>
    createClient<Database>(api.url, key, { auth: STATELESS, global: { headers } });
  const anonymous = connect(keys.publishableKey);

  return {
    supabaseUrl: api.url,
    keys,
    sql,
    service,
    admin: connect(keys.secretKey),
    anonymous,
    createUser: async (email = `${randomUUID()}@example.com`) => {
      const password = randomUUID();
      const { data, error } = await connect(keys.publishableKey).auth.signUp({ email, password });
      if (error !== null || data.user === null || data.session === null) {
        throw new Error(`cannot sign up ${email}`, { cause: error });
      }
      const accessToken = data.session.access_token;
      const client = connect(keys.publishableKey, { Authorization: `Bearer ${accessToken}` });
      return { id: data.user.id, email, password, accessToken, client };
    },
    close: async () => {
      // First, so that nobody waits for a query that is still under way when its test is over.
      await administer(serverUrl, `drop database ${database} with (force)`);
      await api.close();
      await Promise.all([sql, service].map((pool) => pool.end({ timeout: POOL_END_SECONDS })));
      restoreConsole();
    },
  };
}

async function administer(serverUrl: string, statement: string): Promise<void> {
  const server = postgres(`${serverUrl}postgres`, { max: 1 });
  try {
    await server.unsafe(statement);
  } finally {
    await server.end();
  }
}
