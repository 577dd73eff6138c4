import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';

/** The app, as a process of its own. */
export interface AppProcess {
  readonly pid: number | null;
  /** Rejects with a plain sentence when the app ends without having been stopped; never resolves. */
  readonly death: Promise<never>;
  /** Whether a wait ends first, or the app does, which throws. */
  whileAlive<T>(wait: Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export interface AppOptions {
  /** The production build instead of the development server. */
  readonly isBuilt: boolean;
  readonly host: string;
  readonly port: number;
  readonly environment: Readonly<Record<string, string>>;
}

const STOP_TIMEOUT_MS = 5_000;

export function startApp({ isBuilt, host, port, environment }: AppOptions): AppProcess {
  const next = createRequire(import.meta.url).resolve('next/dist/bin/next');
  const app = spawn(
    process.execPath,
    [next, isBuilt ? 'start' : 'dev', '--hostname', host, '--port', String(port)],
    {
      stdio: 'inherit',
      env: { ...process.env, ...environment, NEXT_TELEMETRY_DISABLED: '1' },
      // A group of its own, so that Ctrl+C reaches us first and everything stops in order.
      detached: true,
    },
  );
  let isStopping = false;
  const death = new Promise<never>((_, reject) => {
    const fail = (how: string): void =>
      void (isStopping || reject(new Error(`The app stopped by itself (${how}); its own message is above.`)));
    app.once('error', (error) => fail(error.message));
    app.once('exit', (code, signal) => fail(signal === null ? `code ${code}` : `signal ${signal}`));
  });
  // Whoever waits hears of it; when nobody does, it is no unhandled rejection.
  death.catch(() => {});
  return {
    pid: app.pid ?? null,
    death,
    whileAlive: (wait) => Promise.race([death, wait]),
    stop: () => {
      isStopping = true;
      return stopGroup(app);
    },
  };
}

async function stopGroup(app: ChildProcess): Promise<void> {
  if (app.pid === undefined || hasEnded(app)) return;
  const exited = new Promise((resolve) => app.once('exit', resolve));
  process.kill(-app.pid, 'SIGTERM');
  await Promise.race([exited, sleep(STOP_TIMEOUT_MS)]);
  if (!hasEnded(app)) process.kill(-app.pid, 'SIGKILL');
}

function hasEnded(app: ChildProcess): boolean {
  return app.exitCode !== null || app.signalCode !== null;
}
