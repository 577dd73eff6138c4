import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseEnv } from '@/lib/env';
import { type AppProcess, startApp } from './app-process';
import { isPortTaken } from './ports';
import { playSchedule, readJobs } from './scheduler';
import { type Stack, startStack } from './stack';
import { dataDirOf, readOrphanedApp, readStatus, removeStatus, writeStatus } from './status-file';

/**
 * `npm run dev`: whatever the environment does not name is started here, then the app, then the schedule of
 * `vercel.json`. With `--built`, the production build is started instead of the development server; with `--throwaway`, the database
 * does not wait for the disk, so that its data outlive no crash of the machine.
 * Everything listens on this machine only, unless `HOST` opens the app: it signs anybody in as an administrator.
 */
const LOOPBACK: readonly string[] = ['127.0.0.1', 'localhost', '::1'];
const EVERYWHERE: readonly string[] = ['0.0.0.0', '::'];
const READY_TIMEOUT_MS = 120_000;
const PARENT_CHECK_MS = 500;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

process.env['LITE_TELEMETRY'] = '0';
process.env['DO_NOT_TRACK'] = '1';
for (const file of ['.env.local', '.env']) if (existsSync(file)) process.loadEnvFile(file);

const dataDir = dataDirOf(process.env);
const port = Number(process.env['PORT'] || 3000);
const host = process.env['HOST'] || '127.0.0.1';
const appUrl = `http://${[...LOOPBACK, ...EVERYWHERE].includes(host) ? 'localhost' : host}:${port}`;
const stopping = new AbortController();
const closers: (() => void | Promise<void>)[] = [];

process.once('SIGINT', () => stopping.abort());
process.once('SIGTERM', () => stopping.abort());
// A shell between npm and us dies of a signal without passing it on, and leaves us with another parent.
const parent = process.ppid;
setInterval(() => process.ppid !== parent && stopping.abort(), PARENT_CHECK_MS).unref();

main().catch(async (error: unknown) => {
  process.stderr.write(`\n${error instanceof Error ? error.message : String(error)}\n`);
  await closeAll();
  process.exit(1);
});

async function main(): Promise<void> {
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT is no port number: ${process.env['PORT']}`);
  const running = readStatus(dataDir);
  if (running !== null)
    throw new Error(
      `A stack over ${dataDir} runs already at ${running.appUrl}. Stop it, or set DATA_DIR and PORT.`,
    );
  stopOrphanedApp();
  if (await isPortTaken(port, host))
    throw new Error(`Port ${port} is taken. Stop what uses it, or choose another: PORT=3001 npm run dev`);

  const stack = await startMissingParts();
  const environment = { ...stack?.environment, ...withoutEmpty(process.env) };
  const {
    CRON_SECRET,
    CAPTURE_API_KEY,
    NEXT_PUBLIC_SUPABASE_URL,
    NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY,
    SUPABASE_SECRET_KEY,
  } = parseEnv(environment);
  const app = startApp({ isBuilt: process.argv.includes('--built'), host, port, environment });
  closers.push(() => app.stop());
  await app.whileAlive(waitUntilReady());

  writeStatus(dataDir, app.pid, {
    appUrl,
    mailboxUrl: stack?.mailboxUrl ?? null,
    supabaseUrl: NEXT_PUBLIC_SUPABASE_URL,
    publishableKey: NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY,
    secretKey: SUPABASE_SECRET_KEY,
    cronSecret: CRON_SECRET,
    apiKey: CAPTURE_API_KEY ?? null,
    sandboxUrl: stack?.sandboxUrl ?? null,
    sandboxControlSecret: stack?.sandboxControlSecret ?? null,
    users: [...(stack?.users ?? [])],
  });
  closers.push(() => removeStatus(dataDir));

  const call = (path: string): Promise<void> => tick(path, CRON_SECRET);
  closers.push(playSchedule(readJobs(readFileSync('vercel.json', 'utf8')), call));
  // What was missed while nothing ran is healed at once rather than at the next scheduled time.
  await app.whileAlive(call('/api/cron/capture'));
  // A call also ends when the app does, a moment before its end is known.
  await app.whileAlive(waitUntilReady());
  if (!stopping.signal.aborted) announce(stack);

  await untilStopped(app);
  print('\nStopping…');
  await closeAll();
}

/** Starts the embedded services unless the environment names a Supabase project of its own. */
async function startMissingParts(): Promise<Stack | null> {
  if (process.env['NEXT_PUBLIC_SUPABASE_URL']) return null;
  print(`Starting the embedded database and the sandbox brokerage (data in ${dataDir})…`);
  const stack = await startStack(dataDir, process.env, appUrl, {
    durable: !process.argv.includes('--throwaway'),
  });
  closers.push(() => stack.stop());
  return stack;
}

/** A killed `npm run dev` leaves its app behind, which would hold the port. */
function stopOrphanedApp(): void {
  const orphan = readOrphanedApp(dataDir);
  if (orphan !== null) process.kill(-orphan, 'SIGKILL');
}

async function waitUntilReady(): Promise<void> {
  const deadline = Date.now() + READY_TIMEOUT_MS;
  while (Date.now() < deadline && !stopping.signal.aborted) {
    // Any answer will do: health may well be bad before the first tick.
    const answer = await fetch(`${appUrl}/api/health`).catch(() => null);
    if (answer !== null) return;
    await sleep(100);
  }
  if (!stopping.signal.aborted) throw new Error('The app did not answer within two minutes.');
}

/** Calls a scheduled route as the platform would. A failed call is the next one's to mend. */
async function tick(path: string, cronSecret: string): Promise<void> {
  try {
    const answer = await fetch(`${appUrl}${path}`, {
      headers: { authorization: `Bearer ${cronSecret}`, 'user-agent': 'vercel-cron/1.0' },
      signal: stopping.signal,
    });
    if (!answer.ok) print(`The scheduled call of ${path} was answered with ${answer.status}.`);
    await answer.arrayBuffer();
  } catch (error) {
    if (!stopping.signal.aborted) print(`The scheduled call of ${path} failed: ${String(error)}`);
  }
}

function announce(stack: Stack | null): void {
  print(`\nPortfolio History runs at ${appUrl}`);
  if (!LOOPBACK.includes(host))
    print(`HOST opens it at ${host}: whoever reaches it can sign in as any demo user.`);
  if (stack === null) return;
  print('\nDemo sign-ins:');
  for (const { email, password, story } of stack.users) print(`  ${email.padEnd(22)} ${password}   ${story}`);
  print(`\nMail that the product would send: ${stack.mailboxUrl}`);
  print('\nAs JSON: npm run -s status      Stop: Ctrl+C\n');
}

async function untilStopped(app: AppProcess): Promise<void> {
  if (!stopping.signal.aborted) await app.whileAlive(once(stopping.signal, 'abort'));
}

async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close();
}

function withoutEmpty(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
}
