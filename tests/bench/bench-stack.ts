import { randomBytes, randomUUID } from 'node:crypto';
import { createClient, type SupabaseClient } from '@supabase/supabase-js';
import postgres, { type Sql } from 'postgres';
import type { Database } from '@/lib/db/types';
import type { PostgresCluster } from '@/lib/local/postgres-cluster';
import { prepareDatabase, startSupabaseApi } from '@/lib/local/supabase-api';
import { startThrowawayCluster } from '@/lib/local/throwaway-cluster';

/** A database with all migrations behind an embedded Supabase API, for one bench alone. */
export interface BenchStack extends BenchCaller {
  /** Straight to the database as superuser, one connection: to build data and to look. */
  readonly sql: Sql;
  signUp(): Promise<BenchUser>;
  /** Ends and removes everything. */
  close(): Promise<void>;
}

/** Somebody who calls the API: as the stack itself, the service role. */
export interface BenchCaller {
  readonly client: SupabaseClient<Database>;
  /** The least that any answer costs on this path: authentication, a transaction, and a function that does nothing. */
  callNothing(): Promise<void>;
}

export interface BenchUser extends BenchCaller {
  readonly id: string;
}

const STATELESS = { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false };

/** Starts everything on free ports in a folder of its own; closing removes it. */
export async function startBenchStack(): Promise<BenchStack> {
  const cluster = await startThrowawayCluster();
  try {
    return await startOver(cluster);
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

async function startOver(cluster: PostgresCluster): Promise<BenchStack> {
  const databaseUrl = cluster.databaseUrl('postgres');
  const keys = {
    publishableKey: `sb_publishable_${randomBytes(16).toString('hex')}`,
    secretKey: `sb_secret_${randomBytes(16).toString('hex')}`,
    jwtSecret: randomBytes(32).toString('hex'),
  };
  await prepareDatabase(databaseUrl, keys);
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await prepareForBulk(sql);
  await createFloor(sql);
  const api = await startSupabaseApi(databaseUrl, 0, keys);
  const connect = (key: string, headers: Record<string, string> = {}): BenchCaller => {
    const settings = { auth: STATELESS, global: { headers } };
    // The floor is no part of the product's own types.
    const untyped = createClient(api.url, key, settings);
    return {
      client: createClient<Database>(api.url, key, settings),
      callNothing: async () => {
        const { error } = await untyped.rpc('bench_nothing');
        if (error !== null) throw new Error('the floor failed', { cause: error });
      },
    };
  };

  return {
    ...connect(keys.secretKey),
    sql,
    signUp: async () => {
      const credentials = { email: `${randomUUID()}@example.com`, password: randomUUID() };
      const { data, error } = await connect(keys.publishableKey).client.auth.signUp(credentials);
      if (error !== null || data.user === null || data.session === null)
        throw new Error('a user could not sign up', { cause: error });
      const token = { Authorization: `Bearer ${data.session.access_token}` };
      return { id: data.user.id, ...connect(keys.publishableKey, token) };
    },
    close: async () => {
      await api.close();
      await sql.end();
      await cluster.stop();
    },
  };
}

/** Millions of rows are written once and nothing is lost if the machine fails meanwhile. */
async function prepareForBulk(sql: Sql): Promise<void> {
  await sql.unsafe(`alter system set max_wal_size = '8GB'`);
  // Every data set is vacuumed and analysed once it is built; nothing is to happen behind a measurement.
  await sql.unsafe('alter system set autovacuum = off');
  await sql.unsafe('select pg_reload_conf()');
  await sql.unsafe(`set maintenance_work_mem = '1GB'`);
}

async function createFloor(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create function public.bench_nothing() returns integer language sql stable set search_path = '' as 'select 1';
    revoke execute on function public.bench_nothing from public, anon;
    grant execute on function public.bench_nothing to authenticated, service_role;
  `);
}
