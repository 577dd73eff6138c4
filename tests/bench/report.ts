import { cpus, loadavg, totalmem } from 'node:os';
import type { Sql } from 'postgres';
import type { Measured } from './measure';

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** What a reader has to know of the machine before any figure means something. */
export async function sayMachine(sql: Sql): Promise<void> {
  const [row] = await sql<{ version: string }[]>`select current_setting('server_version') as version`;
  const [load = 0] = loadavg();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GB`;
  say(`machine: ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), ${memory} of memory`);
  say(
    `node ${process.versions.node}, postgres ${row?.version ?? 'unknown'}, load before: ${load.toFixed(1)}`,
  );
}

/** Prints measured times beside their ratio to the floor's, the first of them. */
export function sayRatios(measured: readonly Measured[]): void {
  const [floor] = measured;
  if (floor === undefined) return;
  sayTable(
    ['', 'median', 'p95', 'median / floor', 'p95 / floor'],
    measured.map(({ name, median, p95 }) => [
      name,
      inMs(median),
      inMs(p95),
      (median / floor.median).toFixed(2),
      (p95 / floor.p95).toFixed(2),
    ]),
  );
}

export function sayTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  for (const row of [head, ...rows]) {
    const cells = row.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
    );
    say(`  ${cells.join('   ')}`);
  }
}

export function inMs(ms: number): string {
  return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`;
}

export function inSeconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

export function inThousands(count: number): string {
  return count.toLocaleString('en-US');
}
