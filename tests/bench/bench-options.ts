import { parseArgs } from 'node:util';
import { z } from 'zod';

const count = z.coerce.number().int().positive();

const schema = z.object({
  /** Users of the history bench. */
  users: count.default(10_000),
  /** Connections of the capture and the tick bench; each has its own default. */
  connections: count.optional(),
  /** Requests a minute of the limited capture. */
  limit: count.default(1_500),
});

/** The sizes of a run. */
export type BenchOptions = z.output<typeof schema>;

/** Reads the names of the benches and the sizes from the command line; throws on what it does not know. */
export function readCommandLine(args: readonly string[]): {
  readonly names: readonly string[];
  readonly options: BenchOptions;
} {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { users: { type: 'string' }, connections: { type: 'string' }, limit: { type: 'string' } },
  });
  return { names: positionals, options: schema.parse(values) };
}
