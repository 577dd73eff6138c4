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
  mailboxUrl: z.string().nullable(),
  sandboxUrl: z.string().nullable(),
  sandboxControlSecret: z.string().nullable(),
  users: z.array(stackUser),
});

/** What `npm run -s status` prints. */
export type StackStatus = z.infer<typeof stackStatus>;

const statusFile = z.object({
  pid: z.number().int(),
  appPid: z.number().int().nullable(),
  status: stackStatus,
});
type StatusFile = z.infer<typeof statusFile>;

/** The one folder that holds all data of a developer's stack. */
export function dataDirOf(environment: NodeJS.ProcessEnv): string {
  return resolve(environment['DATA_DIR'] || '.data');
}

/** The status of the stack that runs over a data folder; null when none runs. */
export function readStatus(dataDir: string): StackStatus | null {
  const file = readStatusFile(dataDir);
  return file !== null && isRunning(file.pid) ? file.status : null;
}

/** The process of an app whose stack was killed before it could stop it; null when there is none. */
export function readOrphanedApp(dataDir: string): number | null {
  const file = readStatusFile(dataDir);
  return file?.appPid && !isRunning(file.pid) && isRunning(file.appPid) ? file.appPid : null;
}

export function writeStatus(dataDir: string, appPid: number | null, status: StackStatus): void {
  const file: StatusFile = { pid: process.pid, appPid, status };
  writeFileSync(join(dataDir, 'stack.json'), JSON.stringify(file, null, 2), { mode: 0o600 });
}

function readStatusFile(dataDir: string): StatusFile | null {
  const file = join(dataDir, 'stack.json');
  if (!existsSync(file)) return null;
  // A half-written file of a killed process says nothing.
  const parsed = statusFile.safeParse(parseJson(readFileSync(file, 'utf8')));
  return parsed.success ? parsed.data : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
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
