import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from './ports';
import { type PostgresCluster, startPostgresCluster } from './postgres-cluster';

/** A cluster in a folder of its own on a free port; stopping it removes everything it held. */
export async function startThrowawayCluster(): Promise<PostgresCluster> {
  const dataDir = await mkdtemp(join(tmpdir(), 'portfolio-history-'));
  const cluster = await startPostgresCluster({
    dataDir,
    port: await findFreePort(),
    password: randomBytes(12).toString('hex'),
    durable: false,
  });
  return {
    databaseUrl: cluster.databaseUrl,
    stop: async () => {
      await cluster.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
