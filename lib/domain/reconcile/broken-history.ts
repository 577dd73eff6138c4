import { SESSIONS_OF_A_FACT } from './evidence';
import { isOrdinary, type LevelContext, type PlacedReading } from './levels';
import { explainedPart } from './movers';

/** Why values of a broker's history are no values of the account, whatever its totals are. */
export type HistoryFault = 'not_funded_yet' | 'mostly_zeros' | 'incoherent';

/** A history with fewer unexplained jumps than this is judged jump by jump; with more, by their share. */
const JUMPS_MIN = 4;
const JUMP_SHARE_MAX = 0.2;

/**
 * What is wrong with a broker's history by its own continuity. `readings` are all readings of the account, oldest first;
 * the answer is about those of its history alone.
 */
export function findHistoryFaults(
  readings: readonly PlacedReading[],
  context: LevelContext,
): ReadonlyMap<PlacedReading, HistoryFault> {
  const history = readings.filter(({ reading }) => reading.kind === 'reconstructed');
  const funded = readings.findIndex(({ value }) => value !== 0);
  const leading = leadingZeros(readings, funded);
  const inner = history.filter((one) => !leading.has(one));
  if (isMostlyZeros(history, leading, readings[funded], context)) return all(history, 'mostly_zeros');
  if (isIncoherent(inner, context)) return all(history, 'incoherent');
  // Without any capture nothing says that an account of nothing but zeros was ever read.
  if (funded === -1 && history.length === readings.length) return all(history, 'mostly_zeros');
  return all([...leading], 'not_funded_yet');
}

/** The zeros of a history before any money: they say that there was no account yet, unless it had been captured by then. */
function leadingZeros(readings: readonly PlacedReading[], funded: number): ReadonlySet<PlacedReading> {
  const before = funded === -1 ? [] : readings.slice(0, funded);
  return new Set(before.some(({ isCapture }) => isCapture) ? [] : before);
}

/** Some brokers answer with almost only zeros. Zeros that movements explain, or that lead to a real level, are not of them. */
function isMostlyZeros(
  history: readonly PlacedReading[],
  leading: ReadonlySet<PlacedReading>,
  firstFunded: PlacedReading | undefined,
  context: LevelContext,
): boolean {
  const values = history.filter(({ value }) => value !== 0);
  // Nothing but zeros is no contradiction in itself.
  if (values.length === 0) return false;
  let unexplained = leading.size;
  if (values.length >= SESSIONS_OF_A_FACT || isExplainedFunding(firstFunded, context)) unexplained = 0;
  for (const run of zeroRuns(history.filter((one) => !leading.has(one)))) {
    if (!run.isExplainedBy(context)) unexplained += run.length;
  }
  return unexplained / history.length > context.rules.zeroShareMax;
}

function isExplainedFunding(first: PlacedReading | undefined, { movers }: LevelContext): boolean {
  if (first === undefined) return false;
  return explainedPart(first.value, movers, first.session - 1, first.session) > first.value / 2;
}

interface ZeroRun {
  readonly length: number;
  isExplainedBy(context: LevelContext): boolean;
}

/** The runs of zeros of a history, each with the step that led into it. */
function zeroRuns(history: readonly PlacedReading[]): readonly ZeroRun[] {
  const runs: ZeroRun[] = [];
  for (let index = 0; index < history.length; index += 1) {
    if (history[index]?.value !== 0) continue;
    const start = index;
    while (history[index + 1]?.value === 0) index += 1;
    const [before, first] = [history[start - 1], history[start]];
    runs.push({
      length: index - start + 1,
      isExplainedBy: ({ movers }) =>
        before !== undefined &&
        first !== undefined &&
        explainedPart(-before.value, movers, before.session, first.session) < -before.value / 2,
    });
  }
  return runs;
}

/** A record that jumps about is none, also where some of its values happen to lie near the true ones. */
function isIncoherent(history: readonly PlacedReading[], context: LevelContext): boolean {
  let jumps = 0;
  for (const [index, after] of history.entries()) {
    const before = history[index - 1];
    if (before === undefined || isOrdinary(before.value, after.value, context)) continue;
    const change = after.value - before.value;
    const part = explainedPart(change, context.movers, before.session, after.session);
    if (Math.abs(part) < Math.abs(change) / 2) jumps += 1;
  }
  return jumps >= JUMPS_MIN && jumps > (history.length - 1) * JUMP_SHARE_MAX;
}

function all(
  readings: readonly PlacedReading[],
  fault: HistoryFault,
): ReadonlyMap<PlacedReading, HistoryFault> {
  return new Map(readings.map((reading) => [reading, fault]));
}
