import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchOptions, readCommandLine } from './bench-options';
import { benchCapture } from './capture';
import { benchCoverage } from './coverage';
import { benchHistory } from './history';
import { say } from './report';
import { benchTick } from './tick';

/** `npm run bench` runs all of them; `npm run bench -- history --users 1000` one of them, at another size. */
const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  history: benchHistory,
  capture: benchCapture,
  tick: benchTick,
  coverage: benchCoverage,
};

process.env['LITE_TELEMETRY'] = '0';
process.env['DO_NOT_TRACK'] = '1';

keepEverythingInOneFolder();
await run();

async function run(): Promise<void> {
  const { names, options } = readCommandLine(process.argv.slice(2));
  const unknown = names.find((name) => !(name in BENCHES));
  if (unknown !== undefined)
    throw new Error(`There is no bench ${unknown}, only ${Object.keys(BENCHES).join(', ')}.`);
  for (const [name, bench] of Object.entries(BENCHES)) {
    if (names.length > 0 && !names.includes(name)) continue;
    say(`\n== ${name} ==`);
    await bench(options);
  }
}

/**
 * Databases are made in the folder for temporary files. Given one of our own, nothing is left of them however the
 * process ends: the database server stops with us, and the folder is removed last.
 */
function keepEverythingInOneFolder(): void {
  const folder = mkdtempSync(join(tmpdir(), 'portfolio-bench-'));
  // The database server runs as another user when we are root, and has to pass through.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
}
