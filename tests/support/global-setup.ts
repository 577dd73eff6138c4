import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { type ApiKeys, prepareDatabase } from '@/lib/local/supabase-api';
import { startThrowawayCluster } from '@/lib/local/throwaway-cluster';

/** Where the throwaway cluster listens and what its template is called, for `startTestStack`. */
export interface TestDatabaseFacts {
  /** Connection string as superuser up to the database's name, which is to be appended. */
  readonly serverUrl: string;
  /** A database with the roles, the auth schema and all migrations, which nobody connects to. */
  readonly template: string;
  readonly keys: ApiKeys;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testDatabase: TestDatabaseFacts;
  }
}

const TEMPLATE = 'portfolio_template';

/** One cluster for the whole run: migrations run once, and each test file copies the result. */
export default async function setUpTestDatabase(project: TestProject): Promise<() => Promise<void>> {
  process.env.LITE_TELEMETRY = '0';
  process.env.DO_NOT_TRACK = '1';

  const { facts, stop } = await startTestDatabase();
  project.provide('testDatabase', facts);
  return stop;
}

/** Starts the cluster with its template. */
export async function startTestDatabase(): Promise<{
  readonly facts: TestDatabaseFacts;
  readonly stop: () => Promise<void>;
}> {
  const cluster = await startThrowawayCluster();
  try {
    const keys = makeKeys();
    const server = postgres(cluster.databaseUrl('postgres'), { max: 1 });
    await server`create database ${server(TEMPLATE)}`;
    await server.end();
    await prepareDatabase(cluster.databaseUrl(TEMPLATE), keys);
    return { facts: { serverUrl: cluster.databaseUrl(''), template: TEMPLATE, keys }, stop: cluster.stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function makeKeys(): ApiKeys {
  return {
    publishableKey: `sb_publishable_${randomBytes(16).toString('hex')}`,
    secretKey: `sb_secret_${randomBytes(16).toString('hex')}`,
    jwtSecret: randomBytes(32).toString('hex'),
  };
}
