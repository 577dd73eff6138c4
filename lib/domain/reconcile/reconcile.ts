import type { TradingDate } from '../trading-date';
import {
  type Doubt,
  doubtAboutCategory,
  doubtsAboutMovements,
  doubtsAboutReadings,
  doubtsAboutSteps,
} from './doubts';
import { type MovementEffect, toEffects, type UnknownSpan } from './effects';
import type { AccountEvidence, ReconcileRules } from './evidence';
import { type AccountIntervals, categoryAnswer, settleAsset, settleCurrency, settleEnds } from './intervals';
import { readStatements } from './movements';
import { toMovers } from './movers';
import { SessionLine } from './session-line';
import { judgeReadings, type ReadingVerdict, type Step } from './verdicts';

/** What follows from everything that is known of one account. */
export interface Reconciliation {
  /** One for each reading, oldest session first. */
  readonly verdicts: readonly ReadingVerdict[];
  readonly movements: readonly MovementEffect[];
  /** Between these neighbouring values no figure is known. */
  readonly unknownSpans: readonly UnknownSpan[];
  readonly intervals: AccountIntervals;
  readonly doubts: readonly Doubt[];
}

export const DEFAULT_RECONCILE_RULES: ReconcileRules = { swingFactorMax: 3, zeroShareMax: 0.9 };

/**
 * Draws the conclusions about one account anew from all of its evidence. The same evidence gives the same conclusions in
 * any order, in any number of answers, and however often it is repeated.
 */
export function reconcile(
  evidence: AccountEvidence,
  rules: ReconcileRules = DEFAULT_RECONCILE_RULES,
): Reconciliation {
  const line = SessionLine.around(datesOf(evidence));
  const currency = settleCurrency(evidence, line);
  const movements = readStatements(evidence.statements, evidence.decisions, line);
  const first = Math.min(...evidence.observations.map(({ date }) => line.at(date)));
  const { movers, takenBack } = toMovers(
    movements,
    currency.at(-1)?.value ?? null,
    evidence.rates,
    line,
    first,
  );
  const { verdicts, current, steps } = judgeReadings(evidence, { currency, movers, takenBack, line, rules });
  const effects = toEffects(movements, movers, current, line);
  const isAsset = settleAsset(evidence.facts, categoryAnswer(evidence.decisions), line);
  const isNamed = isAsset.length > 0 || evidence.facts.every(({ isListed }) => !isListed);
  const captured = new Set(
    current.flatMap(({ reading: { kind, date } }) => (kind === 'daily_eod' ? [line.at(date)] : [])),
  );
  const ended = settleEnds({ facts: evidence.facts, decisions: evidence.decisions, captured }, line);
  const readingOf = new Map(evidence.observations.map((reading) => [reading.id, reading]));
  return {
    verdicts,
    movements: effects.movements,
    unknownSpans: [...effects.unknownSpans, ...spansOfSteps(steps, effects.unknownSpans)],
    intervals: { currency, isAsset, ended },
    doubts: [
      ...doubtsAboutReadings(verdicts, readingOf),
      ...doubtsAboutSteps(steps.flatMap(({ to, isTakenBack }) => (isTakenBack ? [] : [to.reading]))),
      ...doubtsAboutMovements(effects.unknownSpans, effects.movements),
      ...(isNamed ? [] : [doubtAboutCategory(line.dateAt(line.atInstant(evidence.now)))]),
    ],
  };
}

/** A step that no movement explains may have been money as well as a gain, so no figure across it is known. */
function spansOfSteps(steps: readonly Step[], known: readonly UnknownSpan[]): readonly UnknownSpan[] {
  return steps
    .filter(({ to }) => !known.some((span) => span.to === to.reading.date))
    .map(({ from, to }) => ({ from: from.reading.date, to: to.reading.date, movementKeys: [] }));
}

/** Every date that evidence speaks of. */
function* datesOf({
  observations,
  statements,
  facts,
  decisions,
  now,
}: AccountEvidence): Generator<TradingDate> {
  yield now.slice(0, 10) as TradingDate;
  for (const { date } of observations) yield date;
  for (const { rows } of statements) for (const { date } of rows) yield date;
  for (const { at } of facts) yield at.slice(0, 10) as TradingDate;
  for (const decision of decisions) {
    if (decision.about === 'category') yield decision.at.slice(0, 10) as TradingDate;
    if ((decision.about === 'end' || decision.about === 'removal') && decision.from !== null)
      yield decision.from;
  }
}
