import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { readSecrets } from '@/lib/local/secrets';
import type { AppFacts } from '../../support/linked-user';
import { startRunningApp } from '../../support/running-app';

/**
 * A Friday evening in New York, an hour and a half after the close: every broker has been read, so the day itself is
 * captured and nothing is on its way.
 */
export const FRIDAY_EVENING = '2026-11-20T22:30:00Z';

/** Starts the built product with its demo for all tests, and tells them where it is. */
export default async function startApp(): Promise<() => Promise<void>> {
  // Shared by whatever else a test starts beside it: sessions of this app would be over by the real clock.
  process.env.PINNED_CLOCK_OFFSET_MS = String(Date.parse(FRIDAY_EVENING) - Date.now());
  // The demo is made once. Tests that change it begin with a copy of their own.
  const demo = await startRunningApp({ pinnedClock: FRIDAY_EVENING });
  await demo.halt();
  process.env.DEMO_FOLDER = demo.dataDir;
  const app = await startRunningApp({ pinnedClock: FRIDAY_EVENING, from: demo.dataDir });
  process.env.APP_UNDER_TEST = JSON.stringify(app.status);
  const { credentialsKey, jwtSecret } = await readSecrets(app.dataDir, { NODE_ENV: 'test' });
  process.env.JWT_SECRET_UNDER_TEST = jwtSecret;
  process.env.USERS_TO_BACKFILL = await linkUsersToBackfill({ status: app.status, credentialsKey });
  return async () => {
    await app.stop();
    await demo.stop();
  };
}

async function linkUsersToBackfill(app: AppFacts): Promise<string> {
  const script = ['--conditions=react-server', '--import', 'tsx', 'tests/support/link-users-process.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, [...script, JSON.stringify(app)]);
  return stdout;
}
