import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { createClient } from '@supabase/supabase-js';
import { findFreePort } from '@/lib/local/ports';
import { readStatus, type StackStatus } from '@/lib/local/status-file';

/** The whole product as `npm run dev` starts it, built for production, over a data folder of its own. */
export interface RunningApp {
  /** Addresses, keys and demo sign-ins, as `npm run status` prints them. */
  readonly status: StackStatus;
  /** The folder with all its data and secrets, gone when it is stopped. */
  readonly dataDir: string;
  /** Everything that the app and the stack wrote to their standard outputs so far. */
  readOutput(): string;
  /** Stops all of it and removes its data. */
  stop(): Promise<void>;
}

export interface RunningAppOptions {
  /** The instant at which all processes believe to have started; time goes on from there. The real time when left out. */
  readonly pinnedClock?: string;
  /** Variables for the app and the stack. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Some ten seconds where there is nothing else to do; a busy machine takes minutes. */
const START_TIMEOUT_MS = 300_000;
const STOP_TIMEOUT_MS = 20_000;
const POLL_MS = 100;

/** Set to nothing, so that neither this process's environment nor an `.env` file leads the tests to a real service. */
const NOT_CONFIGURED = [
  'NEXT_PUBLIC_SUPABASE_URL',
  'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY',
  'SUPABASE_SECRET_KEY',
  'CRON_SECRET',
  'CAPTURE_API_KEY',
  'CREDENTIALS_KEY',
  'SNAPTRADE_CLIENT_ID',
  'SNAPTRADE_CONSUMER_KEY',
  'SNAPTRADE_BASE_URL',
  'SNAPTRADE_LEGACY_REPORTING',
  'PLAID_CLIENT_ID',
  'PLAID_SECRET',
  'PLAID_BASE_URL',
  'ALPACA_LINKING',
  'ALPACA_OAUTH_CLIENT_ID',
  'ALPACA_OAUTH_CLIENT_SECRET',
  'ALPACA_OAUTH_BASE_URL',
  'ALPACA_TRADING_BASE_URL',
  'DEMO_ACCOUNT_KEYS',
  'ECB_DATA_BASE_URL',
  'ALERT_WEBHOOK_URL',
  'ALERT_WEBHOOK_SECRET',
  'APP_URL',
  'SMTP_URL',
  'MAIL_FROM',
  'ADMIN_SECOND_FACTOR',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'DEMO_USERS',
  'DATA_NOTICE',
  'HOST',
];

/**
 * Starts the built app (`npm run build` comes first) with the embedded stack and the demo, and waits until the first
 * tick is done. Throws with the output of the app when that fails.
 */
export async function startRunningApp(options: RunningAppOptions = {}): Promise<RunningApp> {
  if (!existsSync('.next/BUILD_ID')) throw new Error('There is no production build. Run: npm run build');
  const dataDir = await mkdtemp(join(tmpdir(), 'portfolio-history-app-'));
  const { app, exited, readOutput } = await spawnApp(dataDir, options);
  const stop = async (): Promise<void> => {
    if (app.exitCode === null && app.signalCode === null) {
      app.kill('SIGTERM');
      const isGone = exited.then(() => true);
      if (!(await Promise.race([isGone, sleep(STOP_TIMEOUT_MS, false, { ref: false })]))) app.kill('SIGKILL');
      await exited;
    }
    await rm(dataDir, { recursive: true, force: true });
  };

  try {
    const deadline = Date.now() + START_TIMEOUT_MS;
    for (;;) {
      const status = readStatus(dataDir);
      if (status !== null && (await isFirstTickDone(status))) return { status, dataDir, readOutput, stop };
      if (app.exitCode !== null) throw new Error(`The app stopped while it was starting:\n${readOutput()}`);
      if (Date.now() > deadline) throw new Error(`The app did not start in time:\n${readOutput()}`);
      await sleep(POLL_MS);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Starts all of it over a data folder, waits for nothing, and leaves the folder to the caller. */
export async function spawnApp(dataDir: string, options: RunningAppOptions = {}) {
  const app = spawn(
    process.execPath,
    ['--conditions=react-server', '--import', 'tsx', 'lib/local/dev.ts', '--built', '--throwaway'],
    { env: await environmentFor(dataDir, options), stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const output: string[] = [];
  for (const stream of [app.stdout, app.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => output.push(text));
  }
  const exited = new Promise<number | null>((resolve) => app.once('exit', resolve));
  return { app, exited, readOutput: (): string => output.join('') };
}

async function environmentFor(
  dataDir: string,
  { pinnedClock, environment }: RunningAppOptions,
): Promise<NodeJS.ProcessEnv> {
  // The test runner's own mode is not for the app.
  const { NODE_ENV, VITEST, TEST, ...inherited } = process.env;
  const clock = pinnedClock === undefined ? {} : clockEnvironment(pinnedClock);
  return {
    ...inherited,
    ...Object.fromEntries(NOT_CONFIGURED.map((name) => [name, ''])),
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    PORT: String(await findFreePort()),
    ...clock,
    ...environment,
  };
}

/** What makes a process, and all that it starts, believe that the first of them began at an instant. */
export function clockEnvironment(pinnedClock: string): Readonly<Record<string, string>> {
  const preload = pathToFileURL(join('tests', 'support', 'pinned-clock.mjs')).href;
  return {
    PINNED_CLOCK: pinnedClock,
    NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ''} --import=${preload}`.trim(),
  };
}

/** The stack announces itself before its first tick, which fills what the demo left missing. */
async function isFirstTickDone({ supabaseUrl, secretKey }: StackStatus): Promise<boolean> {
  const client = createClient(supabaseUrl, secretKey, { auth: { persistSession: false } });
  const { data, error } = await client.from('runs').select('id').not('finished_at', 'is', null).limit(1);
  return error === null && data.length > 0;
}
