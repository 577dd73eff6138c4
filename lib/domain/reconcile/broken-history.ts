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
  const history = readings.filter(isOfHistory);
  const funded = readings.findIndex(({ value }) => value !== 0);
  const leading = leadingZeros(readings, funded);
  const inner = readings.filter((one) => !leading.has(one));
  if (isMostlyZeros(readings, leading, readings[funded], context)) return all(history, 'mostly_zeros');
  if (isIncoherent(inner, context)) return all(history, 'incoherent');
  // Without any capture nothing says that an account of nothing but zeros was ever read.
  if (funded === -1 && history.length === readings.length) return all(history, 'mostly_zeros');
  return all([...leading], 'not_funded_yet');
}

/** The zeros of a history before any money: they say that there was no account yet, unless it was known by then. */
function leadingZeros(readings: readonly PlacedReading[], funded: number): ReadonlySet<PlacedReading> {
  const before = funded === -1 ? [] : readings.slice(0, funded);
  return new Set(before.some(({ isCapture, stands }) => isCapture || stands) ? [] : before);
}

/**
 * Some brokers answer with almost only zeros. Zeros that movements explain, that captures confirm for as long as makes a fact, or
 * that lead to a real level, are not of them.
 */
function isMostlyZeros(
  readings: readonly PlacedReading[],
  leading: ReadonlySet<PlacedReading>,
  firstFunded: PlacedReading | undefined,
  context: LevelContext,
): boolean {
  const history = readings.filter(isOfHistory);
  const values = history.filter(({ value }) => value !== 0);
  // Nothing but zeros is no contradiction in itself.
  if (values.length === 0) return false;
  const isTrueBeginning = values.length >= SESSIONS_OF_A_FACT || isExplainedFunding(firstFunded, context);
  let unexplained = isTrueBeginning ? 0 : leading.size;
  for (const run of zeroRuns(readings.filter((one) => !leading.has(one)))) {
    if (!isExplainedRun(run, context)) unexplained += run.zeros.filter(isOfHistory).length;
  }
  return unexplained / history.length > context.rules.zeroShareMax;
}

function isOfHistory({ reading }: PlacedReading): boolean {
  return reading.kind === 'reconstructed';
}

function isExplainedFunding(first: PlacedReading | undefined, { movers }: LevelContext): boolean {
  if (first === undefined) return false;
  return explainedPart(first.value, movers, first.session - 1, first.session) > first.value / 2;
}

interface ZeroRun {
  /** The last reading before the zeros. */
  readonly before: PlacedReading | undefined;
  readonly zeros: readonly PlacedReading[];
}

function zeroRuns(readings: readonly PlacedReading[]): readonly ZeroRun[] {
  const runs: { before: PlacedReading | undefined; zeros: PlacedReading[] }[] = [];
  for (const [index, reading] of readings.entries()) {
    if (reading.value !== 0) continue;
    const before = readings[index - 1];
    if (before?.value === 0) runs.at(-1)?.zeros.push(reading);
    else runs.push({ before, zeros: [reading] });
  }
  return runs;
}

function isExplainedRun({ before, zeros }: ZeroRun, { movers }: LevelContext): boolean {
  if (zeros.filter(({ isCapture }) => isCapture).length >= SESSIONS_OF_A_FACT) return true;
  const [first] = zeros;
  if (before === undefined || first === undefined) return false;
  return explainedPart(-before.value, movers, before.session, first.session) < -before.value / 2;
}

/**
 * A record that jumps about is none, also where some of its values happen to lie near the true ones. Of a history that was asked for
 * single days, a value that the nearest capture before or after it shows as well is no jump of its own.
 */
function isIncoherent(readings: readonly PlacedReading[], context: LevelContext): boolean {
  const history = readings.flatMap((reading, index) => (isOfHistory(reading) ? [{ reading, index }] : []));
  const jumps = history.slice(1).filter(({ reading, index }, place) => {
    const before = history[place];
    if (before === undefined || follows(before.reading, reading, context)) return false;
    const [last, next] = [readings[index - 1], readings[index + 1]];
    const isSeenBefore = last?.isCapture === true && follows(last, reading, context);
    return !isSeenBefore && !(next?.isCapture === true && follows(reading, next, context));
  });
  return jumps.length >= JUMPS_MIN && jumps.length > (history.length - 1) * JUMP_SHARE_MAX;
}

/** Whether a total goes on from an earlier one, by itself or by movements. */
function follows(before: PlacedReading, after: PlacedReading, context: LevelContext): boolean {
  if (isOrdinary(before.value, after.value, context)) return true;
  const change = after.value - before.value;
  const part = explainedPart(change, context.movers, before.session, after.session);
  return Math.abs(part) >= Math.abs(change) / 2;
}

function all(
  readings: readonly PlacedReading[],
  fault: HistoryFault,
): ReadonlyMap<PlacedReading, HistoryFault> {
  return new Map(readings.map((reading) => [reading, fault]));
}
