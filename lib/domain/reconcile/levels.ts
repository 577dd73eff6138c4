import type { Reading, ReconcileRules } from './evidence';
import { SESSIONS_OF_A_FACT } from './evidence';
import { explainedPart, type Mover, type Movers, mayBeUnknownMovement, shownMovers } from './movers';

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
  /** Believed when more was known. */
  readonly stands: boolean;
}

/**
 * Readings that follow from one another: each is ordinary beside the one before it, or movements explain the step. Where a
 * total jumps without an explanation another level begins, and readings that return to the former one belong to that again.
 */
export interface Level {
  readonly readings: PlacedReading[];
  /** Movements that a step of this level has shown already: none explains a second step. */
  readonly spent: Set<Mover>;
  /** The most sessions in a row on which captures agreed while nothing believable spoke for another level. */
  longestRun: number;
  hasCapture: boolean;
  /** The sessions of which it has a value from the broker's own history. */
  readonly historySessions: Set<number>;
  isPinned: boolean;
  /** It goes on from what was believed when more was known. */
  stands: boolean;
  /** A capture and the broker's own history agree on it, with hardly another word between them. */
  isAgreed: boolean;
  /** It began in a way that needs no explanation as long as nothing contradicts it: out of nothing, or by an unknown movement. */
  readonly isSoft: boolean;
  /** The level that a movement led away from which its broker listed then, and took back since; null where it began otherwise. */
  readonly ledFrom: Level | null;
}

/** From where on a change is out of the ordinary. */
interface OrdinaryBounds {
  readonly rules: ReconcileRules;
  /** Zero when nothing is too small to matter. */
  readonly immaterial: number;
}

export interface LevelContext extends Movers, OrdinaryBounds {}

/** What a withdrawal may leave behind, as a share of the former total, for a zero to count as explained. */
const ZERO_REST_SHARE_MAX = 0.05;

/** Of two levels that a reading lies this nearly as far from, neither is the nearer one. */
const ABOUT_EQUAL_FACTOR = 1.05;

/** Two totals this near to one another need no movement to bring them nearer. */
const UNMOVED_FACTOR = 1.02;

/** How near a total comes to what a movement that was taken back would have made of the one before. */
const TAKEN_BACK_FACTOR = 1.1;

/** Sorts readings, oldest first and told apart by what they say alone, into levels. */
export function toLevels(readings: readonly PlacedReading[], context: LevelContext): readonly Level[] {
  const levels: Level[] = [];
  const run = new WitnessRun();
  const agreement = new Agreement();
  let open: readonly Level[] = [];
  for (const reading of readings) {
    let level = findLevel(reading, open, context);
    if (level === null) {
      level = newLevel(beginsSoftly(reading, open, context), findTakenBack(reading, open, context));
      levels.push(level);
    }
    spendMovers(level, reading, context);
    addReading(level, reading);
    run.add(level, reading);
    agreement.add(level, reading);
    open = [...open.filter((one) => one !== level && !hasEnded(one, run)), level];
  }
  return levels;
}

/**
 * The open level that a reading goes on: the one that it lies nearest to. Of levels that it fits about equally well, the one with
 * more readings, so that a lone fault draws nothing to itself, and of equally long ones the most recent.
 */
function findLevel(reading: PlacedReading, open: readonly Level[], context: LevelContext): Level | null {
  const distances = open.map((level) => distanceOf(level, reading, context));
  const nearest = Math.min(...distances);
  if (nearest === Number.POSITIVE_INFINITY) return null;
  return open.reduce<Level | null>((best, level, index) => {
    if ((distances[index] ?? Number.POSITIVE_INFINITY) > nearest * ABOUT_EQUAL_FACTOR) return best;
    return best === null || level.readings.length >= best.readings.length ? level : best;
  }, null);
}

/** How far a reading lies from what an earlier one and the movements since let expect, as a factor; infinite out of the ordinary. */
function distanceOf(level: Level, after: PlacedReading, context: LevelContext): number {
  const before = lastOf(level);
  const plain = isOrdinary(before.value, after.value, context)
    ? factorBetween(before.value, after.value)
    : Number.POSITIVE_INFINITY;
  if (plain <= UNMOVED_FACTOR) return plain;
  const [from, to] = spanOf(before, after);
  const unspent =
    level.spent.size === 0 ? context.movers : context.movers.filter((one) => !level.spent.has(one));
  const part = explainedPart(after.value - before.value, unspent, from, to);
  if (part === 0) return plain;
  return Math.min(plain, explainedDistance(before.value, before.value + part, after.value, context));
}

function explainedDistance(before: number, expected: number, after: number, context: LevelContext): number {
  const isRest = Math.abs(after - expected) <= Math.abs(before) * ZERO_REST_SHARE_MAX;
  const isNear = after !== 0 && expected !== 0 && isOrdinary(expected, after, context);
  return isNear || isRest ? factorBetween(expected, after) : Number.POSITIVE_INFINITY;
}

/** One where two totals are equal; of small totals around zero no factor says anything, so they are as good as equal. */
function factorBetween(before: number, after: number): number {
  const factor = after / before;
  return factor > 0 && Number.isFinite(factor) ? Math.max(factor, 1 / factor) : 1;
}

/** Whether a total is no further from another than markets move. A doubt takes a factor and an amount that matters. */
export function isOrdinary(before: number, after: number, { rules, immaterial }: OrdinaryBounds): boolean {
  if (before === after || Math.abs(after - before) < immaterial) return true;
  if (before === 0 || after === 0) return false;
  const factor = after / before;
  return factor <= rules.swingFactorMax && factor >= 1 / rules.swingFactorMax;
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

/** The level from which a movement that was taken back since accounts for a total. */
function findTakenBack(reading: PlacedReading, open: readonly Level[], context: LevelContext): Level | null {
  const found = open.findLast((level) => {
    const before = lastOf(level);
    const part = explainedPart(reading.value - before.value, context.takenBack, ...spanOf(before, reading));
    return part !== 0 && factorBetween(before.value + part, reading.value) <= TAKEN_BACK_FACTOR;
  });
  return found ?? null;
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

/** Whether captures and the broker's history speak for a level side by side: far apart they may err alike by chance. */
class Agreement {
  private session = Number.NEGATIVE_INFINITY;
  private count = 0;
  private readonly known = new Map<Level, { count: number; capture: boolean; history: boolean }>();

  add(level: Level, { session, isCapture, reading }: PlacedReading): void {
    if (session !== this.session) this.count += 1;
    this.session = session;
    const last = this.known.get(level);
    const isNear = last !== undefined && this.count - last.count <= SESSIONS_OF_A_FACT;
    const capture = isCapture || (isNear && last.capture);
    const history = reading.kind === 'reconstructed' || (isNear && last.history);
    this.known.set(level, { count: this.count, capture, history });
    if (capture && history) level.isAgreed = true;
  }
}

/** Remembers which movements the step to a reading shows, where they are more than the market moves. */
function spendMovers(level: Level, after: PlacedReading, { movers }: LevelContext): void {
  const before = level.readings.at(-1);
  if (before === undefined) return;
  const change = after.value - before.value;
  if (Math.abs(change) < Math.abs(before.value) * ZERO_REST_SHARE_MAX) return;
  const unspent = movers.filter((one) => !level.spent.has(one));
  for (const mover of shownMovers(change, unspent, ...spanOf(before, after))) level.spent.add(mover);
}

function newLevel(isSoft: boolean, ledFrom: Level | null): Level {
  return {
    readings: [],
    spent: new Set(),
    longestRun: 0,
    hasCapture: false,
    historySessions: new Set(),
    isPinned: false,
    stands: false,
    isAgreed: false,
    isSoft,
    ledFrom,
  };
}

function addReading(level: Level, reading: PlacedReading): void {
  if (reading.isCapture) level.hasCapture = true;
  if (reading.reading.kind === 'reconstructed') level.historySessions.add(reading.session);
  level.readings.push(reading);
  if (reading.isPinned) level.isPinned = true;
  if (reading.stands) level.stands = true;
}

/**
 * Whether a level is beyond doubt: it held for three sessions, or the broker's history and a capture agree on it, or a person
 * said so, or it goes on from what was so before.
 */
export function isFact(level: Level): boolean {
  return level.longestRun >= SESSIONS_OF_A_FACT || level.isAgreed || level.isPinned || level.stands;
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
