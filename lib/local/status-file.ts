import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';

const stackUser = z.object({ email: z.string(), password: z.string(), role: z.string(), story: z.string() });
export type StackUser = z.infer<typeof stackUser>;

const stackStatus = z.object({
  appUrl: z.string(),
  supabaseUrl: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
  cronSecret: z.string(),
  apiKey: z.string().nullable(),
  sandboxUrl: z.string().nullable(),
  users: z.array(stackUser),
});

/** What `npm run -s status` prints. */
export type StackStatus = z.infer<typeof stackStatus>;

const statusFile = z.object({ pid: z.number().int(), status: stackStatus });

/** The one folder that holds all data of a developer's stack. */
export function dataDirOf(environment: NodeJS.ProcessEnv): string {
  return resolve(environment['DATA_DIR'] || '.data');
}

/** The status of the stack that runs over a data folder; null when none runs. */
export function readStatus(dataDir: string): StackStatus | null {
  const file = join(dataDir, 'stack.json');
  if (!existsSync(file)) return null;
  const { pid, status } = statusFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  return isRunning(pid) ? status : null;
}

export function writeStatus(dataDir: string, status: StackStatus): void {
  writeFileSync(join(dataDir, 'stack.json'), JSON.stringify({ pid: process.pid, status }, null, 2), {
    mode: 0o600,
  });
}

export function removeStatus(dataDir: string): void {
  rmSync(join(dataDir, 'stack.json'), { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user answers with a refusal, and so is there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
