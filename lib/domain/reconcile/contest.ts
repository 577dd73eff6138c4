import { SESSIONS_OF_A_FACT } from './evidence';
import { firstOf, isFact, type Level, lastOf } from './levels';

/**
 * Which levels are believed, given all levels of an account, oldest first. Agreement beats order: a level that is beyond
 * doubt beats every one that is not, also one that came first. Where none is, the one with most witnesses leads, if any does.
 */
export function chooseLevels(levels: readonly Level[]): ReadonlySet<Level> {
  const facts = levels.filter(isFact);
  const leader = facts.length > 0 ? null : findLeader(levels);
  const believed = new Set(leader === null ? facts : [leader]);
  for (const level of levels) {
    if (believed.has(level)) continue;
    if (leader !== null && stoodBefore(level, leader)) believed.add(level);
    if (stoodBeforeDecision(level, facts)) believed.add(level);
    // Two words of the broker's, its total and its list, which it took back with the money and not as an error.
    if (level.ledFrom !== null && believed.has(level.ledFrom)) believed.add(level);
    if (level.isSoft && !isContradictedLater(level, leader === null ? facts : [leader])) believed.add(level);
  }
  // From the newest backwards, since each part of a history is believed by the part that follows it.
  for (const level of levels.toReversed()) {
    if (!believed.has(level) && isEarlierPart(level, levels, believed)) believed.add(level);
  }
  return believed;
}

/** How much speaks for a level: two captures that moved between them, then one witness of any sort, then less than one. */
function weightOf(level: Level): number {
  const values = new Set(level.readings.filter(({ isCapture }) => isCapture).map(({ value }) => value));
  if (isRefutedByItsParts(level)) return 0;
  // The same number again is a repeat of the same fault as easily as an account that stands still.
  if (level.longestRun >= 2 && values.size >= 2) return 4;
  if (!level.hasCapture) return isLongHistory(level) ? 2 : 1;
  // An empty answer is the commonest fault of all.
  return values.size === 1 && values.has(0) ? 0 : 2;
}

/** The sum of cash and positions beside every capture says something else. */
function isRefutedByItsParts({ readings }: Level): boolean {
  const captures = readings.filter(({ isCapture }) => isCapture);
  return captures.length > 0 && captures.every(({ isComposedSame }) => isComposedSame === false);
}

/** A part of a history that is long enough to be a record of something, and that no capture belongs to. */
function isLongHistory(level: Level): boolean {
  return !level.hasCapture && level.historySessions.size >= SESSIONS_OF_A_FACT;
}

/**
 * The level that leads where none is beyond doubt. A history and captures that contradict it may each be the fault, so there
 * nobody leads until a capture agrees with the history, or three with one another.
 */
function findLeader(levels: readonly Level[]): Level | null {
  if (levels.some(isLongHistory) && levels.some((level) => level.hasCapture && weightOf(level) > 0))
    return null;
  const heaviest = Math.max(...levels.map(weightOf));
  const leaders = levels.filter((level) => weightOf(level) === heaviest);
  const [first] = leaders;
  if (first === undefined || (heaviest === 0 && isRefutedByItsParts(first))) return null;
  if (leaders.length === 1) return first;
  // A history against itself: neither has more for it.
  if (leaders.some(({ hasCapture }) => !hasCapture)) return null;
  // Of captures the one that stood stays; of two words on the same session the later is the broker's correction.
  const session = firstOf(first).session;
  return leaders.filter((level) => firstOf(level).session === session).at(-1) ?? first;
}

/** A capture that nothing contradicted when it was read stays until a fact does. */
function stoodBefore(level: Level, leader: Level): boolean {
  return level.hasCapture && !isRefutedByItsParts(level) && lastOf(level).session < firstOf(leader).session;
}

/** What a person said of a day refutes nothing that stood before it. */
function stoodBeforeDecision(level: Level, facts: readonly Level[]): boolean {
  const next = facts.find((fact) => lastOf(fact).session >= firstOf(level).session);
  return next !== undefined && isDecided(next) && stoodBefore(level, next);
}

/** Whether a level is beyond doubt because a person said so, and for no other reason. */
function isDecided(level: Level): boolean {
  return level.isPinned && !level.isAgreed && !level.stands && level.longestRun < SESSIONS_OF_A_FACT;
}

/** Whether readings of a believed level come after the beginning of another one. */
function isContradictedLater(level: Level, believed: readonly Level[]): boolean {
  const begin = firstOf(level).session;
  return believed.length === 0 || believed.some((fact) => lastOf(fact).session >= begin);
}

/**
 * Whether a level is the earlier part of a believed history: a step within a record that goes on for long enough on both
 * sides and does not return is a step of the account. A step between a history and a capture is a contradiction.
 */
function isEarlierPart(level: Level, levels: readonly Level[], believed: ReadonlySet<Level>): boolean {
  if (!isLongHistory(level)) return false;
  const begin = firstOf(level).session;
  const end = lastOf(level).session;
  const others = levels.filter((other) => believed.has(other));
  if (others.some((other) => firstOf(other).session <= begin)) return false;
  const next = others.find((other) => firstOf(other).session > end);
  return (
    next !== undefined &&
    firstOf(next).reading.kind === 'reconstructed' &&
    next.historySessions.size >= SESSIONS_OF_A_FACT &&
    levels.every((other) => other === level || !overlaps(other, level) || isWeaker(other, level))
  );
}

function overlaps(one: Level, other: Level): boolean {
  return firstOf(one).session <= lastOf(other).session && lastOf(one).session >= firstOf(other).session;
}

function isWeaker(one: Level, other: Level): boolean {
  return !one.hasCapture && one.historySessions.size < other.historySessions.size;
}
