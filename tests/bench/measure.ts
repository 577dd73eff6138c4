/** Something that is measured: one call is one sample. */
export interface Contender {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

/** The times of one contender, in milliseconds. */
export interface Measured {
  readonly name: string;
  readonly median: number;
  readonly p95: number;
}

/** Calls that are not counted: they warm connections, caches and the compiler. */
const WARM_UP_ROUNDS = 8;

/**
 * Measures contenders in turn (A, B, C, A, B, C, …), so that whatever else the machine does hits all of them alike. The
 * answers come in the order of the contenders.
 */
export async function measureInTurn(
  contenders: readonly Contender[],
  rounds: number,
  warmUpRounds: number = WARM_UP_ROUNDS,
): Promise<readonly Measured[]> {
  const times = contenders.map((): number[] => []);
  for (let round = -warmUpRounds; round < rounds; round += 1) {
    for (const [index, contender] of contenders.entries()) {
      const startedAt = performance.now();
      await contender.run();
      if (round >= 0) times[index]?.push(performance.now() - startedAt);
    }
  }
  return contenders.map(({ name }, index) => summarise(name, times[index] ?? []));
}

export function summarise(name: string, values: readonly number[]): Measured {
  return { name, median: quantileOf(values, 0.5), p95: quantileOf(values, 0.95) };
}

/** The smallest value that at least this share of the values does not exceed. */
export function quantileOf(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
  if (value === undefined) throw new RangeError('nothing was measured');
  return value;
}
