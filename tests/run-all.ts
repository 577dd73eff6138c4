import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  describeTally,
  judgeRun,
  readPlaywrightReport,
  readVitestReport,
  sumTallies,
  type Tally,
} from './support/test-totals';

/**
 * `npm test`: builds the product, runs every kind of test one after the other, and ends with one plain line of totals.
 * The exit code is bad whenever anything failed, a runner itself included.
 */
const VITEST_PROJECTS = ['unit', 'contract', 'integration*', 'api'];
const STEP_LIMIT_MS = 40 * 60_000;

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const reports = await mkdtemp(join(tmpdir(), 'portfolio-history-tests-'));
try {
  const total = await runEverything();
  // Named once more at the end, where whoever reads only that finds them.
  if (total.failures.length > 0) say(`\nFailed:\n${total.failures.join('\n')}`);
  say(`\n${describeTally(total)}`);
  process.exitCode = total.failed === 0 ? 0 : 1;
} finally {
  await rm(reports, { recursive: true, force: true });
}

async function runEverything(): Promise<Tally> {
  say('\n== build');
  // Tests against an older build would prove nothing about this one.
  if ((await run('next', ['build'])) !== 0) return judgeRun(null, 1);

  const tallies: Tally[] = [];
  for (const project of VITEST_PROJECTS) tallies.push(await runVitest(project));
  tallies.push(await runPlaywright());
  return sumTallies(tallies);
}

async function runVitest(project: string): Promise<Tally> {
  const file = join(reports, `${project.replace('*', '')}.json`);
  const reporting = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  say(`\n== ${project}`);
  const exitCode = await run('vitest', ['run', '--project', project, ...reporting]);
  return judgeRun(await readReport(file, readVitestReport), exitCode);
}

async function runPlaywright(): Promise<Tally> {
  const file = join(reports, 'e2e.json');
  say('\n== e2e');
  const exitCode = await run('playwright', ['test', '-c', 'tests/e2e', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_FILE: file,
  });
  return judgeRun(await readReport(file, readPlaywrightReport), exitCode);
}

/** Runs a tool of the project, whose output goes where ours goes; null when it was stopped or could not start. */
function run(command: string, args: readonly string[], environment = {}): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ...environment },
      timeout: STEP_LIMIT_MS,
    });
    child.once('error', (error) => {
      say(`${command} could not be started: ${error.message}`);
      resolve(null);
    });
    child.once('exit', (code) => resolve(code));
  });
}

async function readReport(file: string, read: (report: unknown) => Tally): Promise<Tally | null> {
  try {
    return read(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    say(`There is no report: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
