import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { findFreePort } from '@/lib/local/ports';
import { readClusterPort } from '@/lib/local/postgres-cluster';
import { readSecrets } from '@/lib/local/secrets';
import type { StackStatus } from '@/lib/local/status-file';
import { startRunningApp } from './running-app';

/** The one running app that all API tests speak to. */
export interface TestAppFacts {
  readonly status: StackStatus;
  /** When the app believes to have started. */
  readonly startedAt: string;
  /** Signs access tokens, so that a test can make one that has run out. */
  readonly jwtSecret: string;
  /** Seals the credentials of users whom a test links. */
  readonly credentialsKey: string;
  /** Straight to the database as superuser, to arrange what no endpoint can and to look. */
  readonly databaseUrl: string;
  /** Where the app sends its alerts; nobody listens there unless a test does. */
  readonly alertPort: number;
}

declare module 'vitest' {
  export interface ProvidedContext {
    testApp: TestAppFacts;
  }
}

/** Friday, an hour and a half after the close, half a minute after a scheduled tick and well before the next. */
const STARTED_AT = '2026-11-20T22:30:30Z';

export default async function setUpApp(project: TestProject): Promise<() => Promise<void>> {
  const credentialsKey = randomBytes(32).toString('base64');
  const alertPort = await findFreePort();
  const app = await startRunningApp({
    pinnedClock: STARTED_AT,
    environment: {
      CREDENTIALS_KEY: credentialsKey,
      ALERT_WEBHOOK_URL: `http://127.0.0.1:${alertPort}/`,
      ALERT_WEBHOOK_SECRET: 'alert-secret-of-the-app',
    },
  });
  const { jwtSecret, databasePassword } = await readSecrets(app.dataDir, { NODE_ENV: 'test' });
  const databasePort = readClusterPort(join(app.dataDir, 'postgres'));
  project.provide('testApp', {
    status: app.status,
    startedAt: STARTED_AT,
    jwtSecret,
    credentialsKey,
    databaseUrl: `postgres://postgres:${databasePassword}@127.0.0.1:${databasePort}/postgres`,
    alertPort,
  });
  return app.stop;
}
