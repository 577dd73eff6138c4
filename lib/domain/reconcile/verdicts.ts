import type { HeldReason } from '@/lib/domain/states';
import type { Currency } from '../money';
import { findHistoryFaults } from './broken-history';
import { chooseLevels } from './contest';
import type { AccountEvidence, Decision, EvidenceId, Reading, ReconcileRules } from './evidence';
import { type Interval, valueOn } from './intervals';
import { isOrdinary, type Level, type LevelContext, type PlacedReading, toLevels } from './levels';
import { convertOn, explainedPart, type Movers } from './movers';
import type { SessionLine } from './session-line';

/** Why a reading does not count. */
export type DoubtReason = HeldReason;

/** What is to be believed of one reading. */
export interface ReadingVerdict {
  readonly id: EvidenceId;
  readonly accepted: boolean;
  /** Null for an accepted one. */
  readonly reason: DoubtReason | null;
  /** The nearest believed readings before and after that say otherwise, or the rival where nobody is believed. */
  readonly contradicts: readonly EvidenceId[];
  /** The believed reading of the same or a later session, or the decision, that leaves nothing to ask; null while open. */
  readonly settledBy: EvidenceId | null;
}

export interface Judgement {
  readonly verdicts: readonly ReadingVerdict[];
  /** One believed reading for each session that has one, oldest first: the best kind, of that the newest. */
  readonly current: readonly PlacedReading[];
  /** From one believed level to another, which nothing explains. */
  readonly steps: readonly Step[];
}

/** Two neighbouring believed readings of different levels. */
export interface Step {
  readonly from: PlacedReading;
  readonly to: PlacedReading;
  /** It shows a movement that was taken back since, as it came or as it went. */
  readonly isTakenBack: boolean;
}

export interface JudgingParts extends Movers {
  readonly currency: readonly Interval<Currency>[];
  readonly line: SessionLine;
  readonly rules: ReconcileRules;
}

/** Judges all readings of an account in the light of one another. */
export function judgeReadings(evidence: AccountEvidence, parts: JudgingParts): Judgement {
  const context: LevelContext = {
    movers: parts.movers,
    takenBack: parts.takenBack,
    rules: parts.rules,
    immaterial: evidence.immaterial === null ? 0 : Number(evidence.immaterial),
  };
  const words = toWords(evidence, parts);
  const doubts = doubtsAboutWords(words, parts);
  const readings = words.map(({ placed }) => placed);
  const undoubted = (): PlacedReading[] => readings.filter((one) => !doubts.has(one));
  for (const one of conflicting(undoubted(), context)) doubts.set(one, 'as_of_conflict');
  for (const [one, fault] of findHistoryFaults(undoubted(), context)) {
    if (!one.isPinned) doubts.set(one, fault);
  }

  const contested = undoubted();
  const levels = toLevels(contested, context);
  const believed = chooseLevels(levels);
  for (const level of levels) {
    if (believed.has(level)) continue;
    for (const one of level.readings) doubts.set(one, reasonOf(level, one, believed));
  }
  const accepted = undoubted();
  const current = toCurrent(accepted);
  return {
    verdicts: words.flatMap((word) => verdictsOn(word, doubts.get(word.placed) ?? null, accepted, contested)),
    current,
    steps: toSteps(current, levels),
  };
}

function toSteps(current: readonly PlacedReading[], levels: readonly Level[]): readonly Step[] {
  const levelOf = new Map(levels.flatMap((level) => level.readings.map((one) => [one, level] as const)));
  return current.flatMap((to, index) => {
    const from = current[index - 1];
    const [before, after] = [from && levelOf.get(from), levelOf.get(to)];
    if (from === undefined || before === undefined || after === undefined || before === after) return [];
    return [{ from, to, isTakenBack: before.ledFrom !== null || after.ledFrom !== null }];
  });
}

/** One and the same reading, however often it arrived, and what a person decided about it. */
interface Word {
  readonly ids: EvidenceId[];
  readonly placed: PlacedReading;
  readonly decision: ReadingDecision | null;
}

/** What was said, each once, oldest first. */
function toWords(evidence: AccountEvidence, parts: JudgingParts): readonly Word[] {
  const byContent = new Map<string, { reading: Reading; ids: EvidenceId[] }>();
  for (const reading of evidence.observations) {
    const { date, asOf, kind, currency, total } = reading;
    const content = `${date} ${asOf} ${kind} ${currency} ${Number(total)}`;
    const known = byContent.get(content);
    if (known === undefined) byContent.set(content, { reading, ids: [reading.id] });
    else known.ids.push(reading.id);
  }
  const decisionOf = newestDecisions(evidence.decisions);
  return [...byContent.values()]
    .map(({ reading, ids }) => {
      const decision = newestOf(ids.flatMap((id) => decisionOf.get(id) ?? []));
      return { ids, decision, placed: place(reading, decision?.verdict === 'accept', evidence, parts) };
    })
    .sort((a, b) => comparePlaced(a.placed, b.placed));
}

function doubtsAboutWords(words: readonly Word[], parts: JudgingParts): Map<PlacedReading, DoubtReason> {
  return new Map(
    words.flatMap(({ placed, decision }) => {
      const doubt = doubtAbout(placed, decision, parts);
      return doubt === null ? [] : [[placed, doubt] as const];
    }),
  );
}

function verdictsOn(
  { ids, placed, decision }: Word,
  reason: DoubtReason | null,
  accepted: readonly PlacedReading[],
  contested: readonly PlacedReading[],
): readonly ReadingVerdict[] {
  if (reason === null)
    return ids.map((id) => ({ id, accepted: true, reason, contradicts: [], settledBy: null }));
  const { contradicts, settledBy } = against(placed, accepted, contested);
  return ids.map((id) => ({
    id,
    accepted: false,
    reason,
    contradicts,
    settledBy: reason === 'rejected' ? (decision?.id ?? null) : settledBy,
  }));
}

function place(
  reading: Reading,
  isPinned: boolean,
  { corroboration, rates, standsBefore }: AccountEvidence,
  { currency, line, rules }: JudgingParts,
): PlacedReading {
  const present = currency.at(-1)?.value ?? null;
  const isOther = reading.currency !== null && present !== null && reading.currency !== present;
  // Without a rate the bare number is compared: most often only the name of the currency was wrong.
  const converted = isOther
    ? convertOn(reading.total, reading.date, { base: reading.currency, quote: present }, rates)
    : null;
  const composed = corroboration.find(({ asOf, date }) => asOf === reading.asOf && date === reading.date);
  return {
    reading,
    session: line.at(reading.date),
    value: Number(converted ?? reading.total),
    isCapture: reading.kind === 'daily_eod',
    isComposedSame:
      composed === undefined
        ? null
        : isOrdinaryFactor(Number(reading.total), Number(composed.total), rules.swingFactorMax),
    isPinned,
    stands: standsBefore !== null && reading.date < standsBefore,
  };
}

function isOrdinaryFactor(total: number, sum: number, factorMax: number): boolean {
  if (total === 0 || sum === 0) return total === sum;
  return total / sum <= factorMax && total / sum >= 1 / factorMax;
}

/** What is against a reading whatever others say. */
function doubtAbout(
  { reading, isPinned }: PlacedReading,
  decision: ReadingDecision | null,
  { currency }: JudgingParts,
): DoubtReason | null {
  if (decision?.verdict === 'reject') return 'rejected';
  if (isPinned) return null;
  if (reading.currency === null) return 'unknown_currency';
  const own = valueOn(currency, reading.date);
  return own !== null && own !== reading.currency ? 'wrong_currency' : null;
}

/**
 * Two different totals under one as-of prove that it is not the instant at which they were true. Of two that neither a market nor a
 * movement makes of one another one is a fault, and other readings tell which.
 */
function conflicting(readings: readonly PlacedReading[], context: LevelContext): readonly PlacedReading[] {
  const captures = readings.filter(({ isCapture, isPinned }) => isCapture && !isPinned);
  const byAsOf = Map.groupBy(captures, ({ reading }) => reading.asOf);
  const mayBecome = (one: PlacedReading, other: PlacedReading): boolean => {
    const change = other.value - one.value;
    const moved = explainedPart(change, context.movers, one.session - 1, one.session + 1);
    return [0, moved].some((part) => isOrdinary(one.value + part, other.value, context));
  };
  return captures.filter((one) =>
    byAsOf
      .get(one.reading.asOf)
      ?.some((other) => other.value !== one.value && (mayBecome(one, other) || mayBecome(other, one))),
  );
}

/** In words of what an operator sees: a zero, a history beside the account's totals, or a total out of line. */
function reasonOf(level: Level, { value }: PlacedReading, believed: ReadonlySet<Level>): DoubtReason {
  if (value === 0) return 'unexplained_zero';
  const isWholeHistory = !level.hasCapture && ![...believed].some((other) => other.historySessions.size > 0);
  return isWholeHistory ? 'disagrees_with_total' : 'unexplained_swing';
}

function against(
  one: PlacedReading,
  accepted: readonly PlacedReading[],
  contested: readonly PlacedReading[],
): Pick<ReadingVerdict, 'contradicts' | 'settledBy'> {
  const before = accepted.findLast(({ session }) => session < one.session) ?? null;
  const after = accepted.find(({ session }) => session >= one.session) ?? null;
  const rivals = [before, after].filter((rival) => rival !== null);
  // What a history says of days before everything that is believed, nothing has refuted: a person may know.
  const isSettled = one.isCapture || before !== null || after?.session === one.session;
  if (rivals.length > 0)
    return {
      contradicts: rivals.map(({ reading }) => reading.id),
      settledBy: isSettled ? (after?.reading.id ?? null) : null,
    };
  const rival = contested.find((other) => other.value !== one.value && other !== one);
  return { contradicts: rival === undefined ? [] : [rival.reading.id], settledBy: null };
}

const KIND_RANK = { daily_eod: 0, reconstructed: 1, estimated: 2 } as const;

function toCurrent(accepted: readonly PlacedReading[]): readonly PlacedReading[] {
  const best = new Map<number, PlacedReading>();
  for (const one of accepted) {
    const known = best.get(one.session);
    if (known === undefined || KIND_RANK[one.reading.kind] <= KIND_RANK[known.reading.kind])
      best.set(one.session, one);
  }
  return [...best.values()];
}

/** By session and as-of, then by what is said: never by id, which arrival gave. */
function comparePlaced(a: PlacedReading, b: PlacedReading): number {
  return (
    a.session - b.session ||
    compare(a.reading.asOf, b.reading.asOf) ||
    KIND_RANK[b.reading.kind] - KIND_RANK[a.reading.kind] ||
    a.value - b.value ||
    compare(a.reading.currency ?? '', b.reading.currency ?? '')
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type ReadingDecision = Decision & { readonly about: 'reading' };

function newestDecisions(decisions: readonly Decision[]): ReadonlyMap<EvidenceId, ReadingDecision> {
  const newest = new Map<EvidenceId, ReadingDecision>();
  for (const decision of decisions) {
    if (decision.about !== 'reading') continue;
    const known = newestOf([newest.get(decision.readingId) ?? decision, decision]);
    if (known !== null) newest.set(decision.readingId, known);
  }
  return newest;
}

function newestOf(decisions: readonly ReadingDecision[]): ReadingDecision | null {
  return decisions.toSorted((a, b) => compare(a.at, b.at)).at(-1) ?? null;
}
