import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

async function findFreePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no port is free'));
        else resolve(address.port);
      });
    });
  });
}
