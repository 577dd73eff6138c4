import type { Reading, ReconcileRules } from './evidence';
import { SESSIONS_OF_A_FACT } from './evidence';
import { explainedPart, type Mover, mayBeUnknownMovement } from './movers';

/** A reading in its place: which session, and how much in the account's present currency. */
export interface PlacedReading {
  readonly reading: Reading;
  readonly session: number;
  readonly value: number;
  /** Read at the broker for this very session, so that it is a witness of its own; a whole history is one witness. */
  readonly isCapture: boolean;
  /** The sum of cash and positions beside it agrees; null when there is none. */
  readonly isComposedSame: boolean | null;
  /** Accepted by a person. */
  readonly isPinned: boolean;
}

/**
 * Readings that follow from one another: each is ordinary beside the one before it, or movements explain the step. Where a
 * total jumps without an explanation another level begins, and readings that return to the former one belong to that again.
 */
export interface Level {
  readonly readings: PlacedReading[];
  /** The most sessions in a row on which captures agreed while nothing believable spoke for another level. */
  longestRun: number;
  hasCapture: boolean;
  /** The sessions of which it has a value from the broker's own history. */
  readonly historySessions: Set<number>;
  isPinned: boolean;
  /** It began in a way that needs no explanation as long as nothing contradicts it: out of nothing, or by an unknown movement. */
  readonly isSoft: boolean;
}

export interface LevelContext {
  readonly movers: readonly Mover[];
  readonly rules: ReconcileRules;
  /** Zero when nothing is too small to matter. */
  readonly immaterial: number;
}

/** What a withdrawal may leave behind, as a share of the former total, for a zero to count as explained. */
const ZERO_REST_SHARE_MAX = 0.05;

/** Sorts readings, oldest first and told apart by what they say alone, into levels. */
export function toLevels(readings: readonly PlacedReading[], context: LevelContext): readonly Level[] {
  const levels: Level[] = [];
  const run = new WitnessRun();
  let open: readonly Level[] = [];
  for (const reading of readings) {
    let level = findLevel(reading, open, context);
    if (level === null) {
      level = newLevel(beginsSoftly(reading, open, context));
      levels.push(level);
    }
    addReading(level, reading);
    run.add(level, reading);
    open = [...open.filter((one) => one !== level && !hasEnded(one, run)), level];
  }
  return levels;
}

/** The level that a reading goes on: an ordinary step before an explained one, the nearest reading before a farther one. */
function findLevel(reading: PlacedReading, open: readonly Level[], context: LevelContext): Level | null {
  const nearestFirst = open.toReversed();
  return (
    nearestFirst.find((level) => isOrdinary(lastOf(level).value, reading.value, context)) ??
    nearestFirst.find((level) => isExplained(lastOf(level), reading, context)) ??
    null
  );
}

/** Whether a total is no further from another than markets move. A doubt takes a factor and an amount that matters. */
export function isOrdinary(before: number, after: number, { rules, immaterial }: LevelContext): boolean {
  if (before === after || Math.abs(after - before) < immaterial) return true;
  if (before === 0 || after === 0) return false;
  const factor = after / before;
  return factor <= rules.swingFactorMax && factor >= 1 / rules.swingFactorMax;
}

/** Whether movements account for a step that is out of the ordinary. */
function isExplained(before: PlacedReading, after: PlacedReading, context: LevelContext): boolean {
  const [from, to] = spanOf(before, after);
  const part = explainedPart(after.value - before.value, context.movers, from, to);
  if (part === 0) return false;
  const expected = before.value + part;
  const rest = Math.abs(after.value - expected);
  if (rest <= Math.abs(before.value) * ZERO_REST_SHARE_MAX) return true;
  return after.value !== 0 && expected !== 0 && isOrdinary(expected, after.value, context);
}

/** Two readings of one session may differ by a movement of that session. */
function spanOf(before: PlacedReading, after: PlacedReading): readonly [after: number, upTo: number] {
  return [Math.min(before.session, after.session - 1), after.session];
}

function beginsSoftly(reading: PlacedReading, open: readonly Level[], { movers }: LevelContext): boolean {
  const before = open.at(-1);
  if (before === undefined) return false;
  const last = lastOf(before);
  // The first money in an empty account is ordinary; an emptied account is not.
  return last.value === 0 || mayBeUnknownMovement(movers, ...spanOf(last, reading));
}

/** A level is over when another one has become a fact since: readings that return to it later are a new level. */
function hasEnded(level: Level, run: WitnessRun): boolean {
  return run.isFact && run.level !== level && lastOf(level).session < run.since;
}

/** The captures in a row that agree. */
class WitnessRun {
  level: Level | null = null;
  since = 0;
  private last = Number.NEGATIVE_INFINITY;
  private sessions = 0;
  private isConfirmed = false;

  get isFact(): boolean {
    return this.weight >= SESSIONS_OF_A_FACT;
  }

  /** A sum of cash and positions that agrees is one more witness, but never of nothing: an empty answer is empty in both. */
  private get weight(): number {
    return this.sessions + (this.isConfirmed ? 1 : 0);
  }

  add(level: Level, { session, isCapture, isComposedSame, value }: PlacedReading): void {
    // A history that no capture ever agreed with interrupts nobody.
    if (!level.hasCapture) return;
    if (level !== this.level) this.restart(level, session);
    if (!isCapture) return;
    if (session !== this.last) this.sessions += 1;
    this.last = session;
    if (isComposedSame === true && value !== 0) this.isConfirmed = true;
    level.longestRun = Math.max(level.longestRun, this.weight);
  }

  private restart(level: Level, session: number): void {
    this.level = level;
    this.since = session;
    this.last = Number.NEGATIVE_INFINITY;
    this.sessions = 0;
    this.isConfirmed = false;
  }
}

function newLevel(isSoft: boolean): Level {
  return {
    readings: [],
    longestRun: 0,
    hasCapture: false,
    historySessions: new Set(),
    isPinned: false,
    isSoft,
  };
}

function addReading(level: Level, reading: PlacedReading): void {
  if (reading.isCapture) level.hasCapture = true;
  if (reading.reading.kind === 'reconstructed') level.historySessions.add(reading.session);
  level.readings.push(reading);
  if (reading.isPinned) level.isPinned = true;
}

/**
 * Whether a level is beyond doubt: it held for three sessions, or the broker's history and a capture agree on it, or a person
 * said so.
 */
export function isFact(level: Level): boolean {
  return (
    level.longestRun >= SESSIONS_OF_A_FACT ||
    (level.hasCapture && level.historySessions.size > 0) ||
    level.isPinned
  );
}

export function firstOf({ readings }: Level): PlacedReading {
  return known(readings[0]);
}

export function lastOf({ readings }: Level): PlacedReading {
  return known(readings.at(-1));
}

function known(reading: PlacedReading | undefined): PlacedReading {
  if (reading === undefined) throw new RangeError('a level has at least one reading');
  return reading;
}
