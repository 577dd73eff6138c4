/*
 * Makes somebody who can sign in an administrator: npm run make-admin -- you@example.com
 * With DATABASE_URL in that database; without, in the embedded one of `npm run dev`, whether it runs or not. For a hosted
 * project whose database is not at hand, it prints the statement for the SQL editor.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { findFreePort } from '@/lib/local/ports';
import { readClusterPort, startPostgresCluster } from '@/lib/local/postgres-cluster';
import { readSecrets } from '@/lib/local/secrets';
import { dataDirOf, readStatus } from '@/lib/local/status-file';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(email: string): Promise<void> {
  if (!/^[^\s'@]+@[^\s'@]+$/.test(email))
    throw new Error('Name an e-mail address: npm run make-admin -- you@example.com');
  const { DATABASE_URL, NEXT_PUBLIC_SUPABASE_URL } = process.env;
  if (DATABASE_URL) return makeAdministrator(DATABASE_URL, email);
  if (NEXT_PUBLIC_SUPABASE_URL) {
    say(`Run this in the SQL editor of ${NEXT_PUBLIC_SUPABASE_URL}, or give this command a DATABASE_URL:\n`);
    say(
      `  update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"role": "admin"}'`,
    );
    say(`  where lower(email) = lower('${email}');\n`);
    throw new Error('Nothing was changed.');
  }
  await inEmbeddedDatabase((databaseUrl) => makeAdministrator(databaseUrl, email));
}

/** Takes effect at once, since the Auth server is asked at every request. */
async function makeAdministrator(databaseUrl: string, email: string): Promise<void> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  try {
    const made = await sql`
      update auth.users set raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || '{"role": "admin"}'
      where lower(email) = lower(${email})
      returning email`;
    if (made.length === 0) throw new Error(`Nobody signs in as ${email}. They have to sign up first.`);
    say(`${email} is an administrator now.`);
  } finally {
    await sql.end();
  }
}

/** Uses the database of a running stack, or starts it for as long as it takes. */
async function inEmbeddedDatabase(use: (databaseUrl: string) => Promise<void>): Promise<void> {
  const dataDir = dataDirOf(process.env);
  if (!existsSync(join(dataDir, 'secrets.json')))
    throw new Error(`There is no database in ${dataDir} yet. Start it once with: npm run dev`);
  const { databasePassword: password } = await readSecrets(dataDir, process.env);
  const clusterDir = join(dataDir, 'postgres');
  const runningPort = readStatus(dataDir) === null ? null : readClusterPort(clusterDir);
  if (runningPort !== null) return use(`postgres://postgres:${password}@127.0.0.1:${runningPort}/postgres`);

  const cluster = await startPostgresCluster({
    dataDir: clusterDir,
    port: await findFreePort(),
    password,
    durable: true,
  });
  try {
    await use(cluster.databaseUrl('postgres'));
  } finally {
    await cluster.stop();
  }
}

for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file);
main(process.argv[2] ?? '').catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  // The embedded database's own way out would turn a mere exit code into success.
  process.exit(1);
});
