import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

let cached: readonly string[] | undefined;

/**
 * Real closes of the S&P 500 as decimal text: one for every New York session from 2000-01-03 to 2020-04-17, oldest
 * first. They come from the npm package `vega-datasets`.
 */
export function readRealCloses(): readonly string[] {
  cached ??= readColumn(locateDataFile(), 'close');
  return cached;
}

/** The package exports only its code, so the data is found beside it. */
function locateDataFile(): string {
  const entry = createRequire(import.meta.url).resolve('vega-datasets');
  return join(dirname(entry), '..', 'data', 'sp500-2000.csv');
}

function readColumn(file: string, name: string): readonly string[] {
  const [header = '', ...rows] = readFileSync(file, 'utf8').trim().split(/\r?\n/);
  const column = header.split(',').indexOf(name);
  return rows.map((row, index) => {
    const cell = row.split(',')[column];
    if (cell === undefined || cell === '')
      throw new Error(`row ${index + 1} of the price file has no ${name}`);
    return cell;
  });
}
