import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startTestDatabase } from '../support/global-setup';
import type { TestStack } from '../support/test-stack';
import { startTestStack } from '../support/test-stack';
import { Answers } from './answers';
import { FAULTS, type FaultName, judge } from './judge';
import { judgeAccounts } from './judge-accounts';
import { MIXES, mixSources } from './mix';
import { playWorlds } from './play';
import { reportOf } from './report';
import { type SavedPlay, shrink } from './shrink';
import { type Evenings, generateEvenings, generateWorld, sessionsOf, type World } from './world';

/**
 * `npm run simulate -- --seed 1 --users 20 --days 252` plays so many users through so many trading days and reports what is wrong.
 * The same seed plays the same again, and `--user 7` plays that user of it alone. With `--mix alpaca` or `plaid` each user's last account
 * is there, with `--mix all` the users have accounts there by turns. With `--shrink invented` (or another fault) the first user in whom
 * that is found is made smaller in at most `--tries` further plays, and written to `--write FILE`; `--file FILE` plays it. With
 * `--only conclusions` the accounts alone are played, without wire and database, some fifty times as fast.
 */

const count = z.coerce.number().int().positive();
const optionsSchema = z.object({
  seed: z.coerce.number().int().default(1),
  users: count.default(10),
  days: count.min(30).default(126),
  user: z.coerce.number().int().nonnegative().optional(),
  mix: z.enum(MIXES).optional(),
  only: z.enum(['conclusions']).optional(),
  examples: count.default(5),
  file: z.string().optional(),
  shrink: z.enum(FAULTS).optional(),
  tries: count.default(40),
  write: z.string().default('smallest-world.json'),
});
type Options = z.output<typeof optionsSchema>;

process.env.LITE_TELEMETRY = '0';
process.env.DO_NOT_TRACK = '1';

keepEverythingInOneFolder();
await run();

async function run(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: Object.fromEntries(Object.keys(optionsSchema.shape).map((name) => [name, text])),
  });
  const options = optionsSchema.parse(values);
  const { worlds, evenings } = playsOf(options);
  if (options.only === 'conclusions') return concludeAndReport(worlds, evenings, options.examples);

  const database = await startTestDatabase();
  const stack = await startTestStack(database.facts);
  try {
    const startedAt = performance.now();
    const findings = await playAndReport(stack, worlds, evenings, options.examples);
    say(`\nplayed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
    const failing = findings.find(({ what }) => what === options.shrink);
    if (options.shrink === undefined || failing === undefined) return;
    const smallest = await shrink(
      { world: failing.world, evenings },
      (play) => isFailing(stack, play, failing.what),
      options.tries,
    );
    writeFileSync(options.write, `${JSON.stringify(smallest, null, 2)}\n`);
    say(`\nthe smallest play with "${failing.what}" is in ${options.write}`);
    await playAndReport(stack, [smallest.world], smallest.evenings, options.examples);
  } finally {
    await stack.close();
    await database.stop();
  }
}

function playsOf(options: Options): { readonly worlds: readonly World[]; readonly evenings: Evenings } {
  const { seed, users, days, user, mix, file } = options;
  if (file !== undefined) {
    // Written by this command, as plain data of this type.
    const { world, evenings } = JSON.parse(readFileSync(file, 'utf8')) as SavedPlay;
    return { worlds: [world], evenings };
  }
  const numbers = user === undefined ? Array.from({ length: users }, (_, index) => index) : [user];
  return {
    worlds: numbers
      .map((number) => generateWorld(seed, number, days))
      .map((world) => (mix === undefined ? world : mixSources(world, mix))),
    evenings: generateEvenings(seed, days),
  };
}

async function playAndReport(
  stack: TestStack,
  worlds: readonly World[],
  evenings: Evenings,
  examples: number,
) {
  const play = await playWorlds(stack, worlds, evenings, sessionsOf(evenings.length), (evening) => {
    if (process.stderr.isTTY) process.stderr.write(`\revening ${evening + 1} of ${evenings.length} `);
  });
  const judgement = judge(play);
  say(reportOf([judgement], examples));
  return judgement.findings;
}

/** The conclusions about single accounts alone, without wire and database. */
function concludeAndReport(worlds: readonly World[], evenings: Evenings, examples: number): void {
  const startedAt = performance.now();
  const answers = new Answers();
  const sessions = sessionsOf(evenings.length);
  const judgements = worlds.map((world, index) => {
    if (process.stderr.isTTY) process.stderr.write(`\rworld ${index + 1} of ${worlds.length} `);
    return judgeAccounts(world, evenings, sessions, answers);
  });
  say(reportOf(judgements, examples));
  say(`\nplayed in ${((performance.now() - startedAt) / 1000).toFixed(0)} s`);
}

async function isFailing(
  stack: TestStack,
  { world, evenings }: SavedPlay,
  fault: FaultName,
): Promise<boolean> {
  const play = await playWorlds(stack, [world], evenings, sessionsOf(evenings.length));
  return judge(play).findings.some(({ what }) => what === fault);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** The database is made in the folder for temporary files. Given one of our own, nothing is left of it however the process ends. */
function keepEverythingInOneFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'portfolio-simulate-'));
  // The database server runs as another user when we are root, and has to pass through.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
}
