import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { CREDENTIALS_KEY } from './linked-user';
import { FRIDAY_NIGHT, type WorkerHarness } from './worker-harness';

/** Starts a worker in a process of its own: for all due work, or for a backfill. */
export function startWorker({ stack, sandbox }: WorkerHarness, backfillId?: string): ChildProcess {
  const parameters = {
    supabaseUrl: stack.supabaseUrl,
    secretKey: stack.keys.secretKey,
    sandboxUrl: sandbox.url,
    credentialsKey: CREDENTIALS_KEY,
    now: FRIDAY_NIGHT,
    backfillId,
  };
  return spawn(
    process.execPath,
    [
      '--conditions=react-server',
      '--import',
      'tsx',
      'tests/support/fill-worker-process.ts',
      JSON.stringify(parameters),
    ],
    { stdio: 'inherit' },
  );
}

/** Kills a worker, without any chance to tidy up, as soon as a condition holds. */
export async function killWhen(worker: ChildProcess, holds: () => boolean | Promise<boolean>): Promise<void> {
  const exited = new Promise((resolve) => worker.once('exit', resolve));
  while (!(await holds())) {
    if (worker.exitCode !== null) throw new Error('the worker was done before it could be killed');
    await sleep(5);
  }
  worker.kill('SIGKILL');
  await exited;
}
