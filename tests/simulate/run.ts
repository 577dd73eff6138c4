import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { startTestDatabase } from '../support/global-setup';
import { startTestStack } from '../support/test-stack';
import { judge } from './judge';
import { playWorlds } from './play';
import { reportOf } from './report';
import { generateEvenings, generateWorld, sessionsOf } from './world';

/**
 * `npm run simulate -- --seed 1 --users 20 --days 252` plays so many users through so many trading days and reports what is wrong.
 * The same seed plays the same again; `--user 7` plays that user of it alone, and `--write FILE` writes its world down.
 */

const count = z.coerce.number().int().positive();
const optionsSchema = z.object({
  seed: z.coerce.number().int().default(1),
  users: count.default(10),
  days: count.min(30).default(126),
  user: z.coerce.number().int().nonnegative().optional(),
  examples: count.default(5),
  write: z.string().optional(),
});

process.env.LITE_TELEMETRY = '0';
process.env.DO_NOT_TRACK = '1';

keepEverythingInOneFolder();
await run();

async function run(): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { seed: text, users: text, days: text, user: text, examples: text, write: text },
  });
  const { seed, users, days, user, examples, write } = optionsSchema.parse(values);
  const numbers = user === undefined ? Array.from({ length: users }, (_, index) => index) : [user];
  const worlds = numbers.map((number) => generateWorld(seed, number, days));
  const evenings = generateEvenings(seed, days);
  if (write !== undefined) writeFileSync(write, `${JSON.stringify({ evenings, worlds }, null, 2)}\n`);

  const database = await startTestDatabase();
  const stack = await startTestStack(database.facts);
  try {
    const startedAt = performance.now();
    const play = await playWorlds(stack, worlds, evenings, sessionsOf(days), (evening) => {
      if (process.stderr.isTTY) process.stderr.write(`\revening ${evening + 1} of ${days}`);
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
    process.stdout.write(`${reportOf([judge(play)], examples)}\n\nplayed in ${seconds} s\n`);
  } finally {
    await stack.close();
    await database.stop();
  }
}

/** The database is made in the folder for temporary files. Given one of our own, nothing is left of it however the process ends. */
function keepEverythingInOneFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'portfolio-simulate-'));
  // The database server runs as another user when we are root, and has to pass through.
  chmodSync(folder, 0o755);
  process.env.TMPDIR = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
}
