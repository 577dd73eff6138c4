/*
 * Writes lib/db/types.ts from the migrations: npm run db:types
 * A throwaway database is migrated and read, so nothing needs to run and nothing is left behind.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import postgres from 'postgres';
import { renderDatabaseTypes } from '@/lib/local/database-types';
import { prepareDatabase } from '@/lib/local/supabase-api';
import { startThrowawayCluster } from '@/lib/local/throwaway-cluster';

const KEYS = { publishableKey: 'sb_publishable_unused', secretKey: 'sb_secret_unused', jwtSecret: 'unused' };

async function generateTypes(): Promise<void> {
  process.env.LITE_TELEMETRY = '0';
  process.env.DO_NOT_TRACK = '1';

  const cluster = await startThrowawayCluster();
  try {
    const databaseUrl = cluster.databaseUrl('postgres');
    await prepareDatabase(databaseUrl, KEYS);
    const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
    const types = await renderDatabaseTypes(sql);
    await sql.end();
    await writeFile(join(process.cwd(), 'lib', 'db', 'types.ts'), types);
  } finally {
    await cluster.stop();
  }
}

await generateTypes();
