import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '@/lib/local/ports';
import type { StackStatus } from '@/lib/local/status-file';
import { clockEnvironment } from '../../support/running-app';
import { FRIDAY_EVENING } from './start-app';

/** The built app alone, a second time beside the one of all tests, over the same stack. */
export interface SecondApp {
  readonly url: string;
  /** Everything that it wrote so far. */
  readOutput(): string;
  stop(): Promise<void>;
}

const POLL_MS = 50;

/** Starts it with the database at another address, behind which a test can take it away. It asks administrators for a second factor, and its credentials open nobody's broker. */
export async function startSecondApp(status: StackStatus, supabaseUrl: string): Promise<SecondApp> {
  const port = await findFreePort();
  const url = `http://localhost:${port}`;
  const output: string[] = [];
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const app = spawn(process.execPath, [next, 'start', '--hostname', '127.0.0.1', '--port', String(port)], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      ...clockEnvironment(FRIDAY_EVENING),
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      NEXT_PUBLIC_SUPABASE_URL: supabaseUrl,
      NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: status.publishableKey,
      SUPABASE_SECRET_KEY: status.secretKey,
      CRON_SECRET: status.cronSecret,
      CREDENTIALS_KEY: randomBytes(32).toString('base64'),
      ADMIN_SECOND_FACTOR: 'true',
      SNAPTRADE_CLIENT_ID: 'SECOND-APP',
      SNAPTRADE_CONSUMER_KEY: 'second-app',
      SNAPTRADE_BASE_URL: status.sandboxUrl ?? '',
      ECB_DATA_BASE_URL: status.sandboxUrl ?? '',
    },
  });
  for (const stream of [app.stdout, app.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  const exited = once(app, 'exit');
  while ((await fetch(`${url}/api/session`).catch(() => null)) === null) {
    if (app.exitCode !== null)
      throw new Error(`The second app stopped while it was starting:\n${output.join('')}`);
    await sleep(POLL_MS);
  }
  return {
    url,
    readOutput: () => output.join(''),
    stop: async () => {
      app.kill('SIGKILL');
      await exited;
    },
  };
}
