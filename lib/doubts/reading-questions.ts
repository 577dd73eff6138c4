import 'server-only';
import type { Reading } from '@/lib/domain/reconcile/evidence';
import { KINDS } from '@/lib/domain/states';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { AccountCase, CaseContext } from '@/lib/fill/account-case';
import type { LineEvidence } from '@/lib/fill/evidence';
import type { LineInQuestion, LineValue, ReadingQuestion, ReportedValue } from './document';

/** All evidence of one line about which something is open, and what follows from it. */
export interface LineCase {
  readonly line: LineInQuestion;
  readonly stored: LineEvidence;
  readonly own: AccountCase;
  readonly context: CaseContext;
}

/** How many calendar days of an account are shown on either side of a question. */
const AROUND_DAYS = 30;

/** On which days beside a question movements may have to do with it: money lands a day early or some days late. */
const MOVEMENTS_BEFORE_DAYS = 8;
const MOVEMENTS_AFTER_DAYS = 4;

/** Held readings that a person could judge, those of one reason in a row as one question, newest first. */
export function readingQuestions({
  line,
  stored,
  own,
}: LineCase): readonly Omit<ReadingQuestion, 'effects'>[] {
  const { doubts, movements, verdicts } = own.conclusions;
  const readingOf = new Map(stored.readings.map((reading) => [reading.id, reading]));
  const verdictOf = new Map(verdicts.map((verdict) => [verdict.id, verdict]));
  const believed = bestOfDays(stored.readings.filter(({ id }) => verdictOf.get(id)?.accepted === true));
  return doubts
    .filter(({ kind }) => kind === 'reading' || kind === 'history')
    .flatMap(({ kind, readingIds, from, to }) => {
      const held = readingIds.flatMap((id) => readingOf.get(id) ?? []);
      const reason = verdictOf.get(readingIds[0] ?? '')?.reason ?? null;
      if (held.length === 0 || reason === null) return [];
      return {
        account: line.account,
        institution: line.institution,
        isHistory: kind === 'history',
        reason,
        from,
        to,
        readings: held.map((reading) => ({ id: Number(reading.id), ...reported(reading) })),
        before: nearest(believed.findLast(({ date }) => date < from)),
        after: nearest(believed.find(({ date }) => date > to)),
        movements: movements
          .filter(
            ({ bookedOn, isWithdrawn }) =>
              !isWithdrawn &&
              bookedOn >= addDays(from, -MOVEMENTS_BEFORE_DAYS) &&
              bookedOn <= addDays(to, MOVEMENTS_AFTER_DAYS),
          )
          .map(({ key, bookedOn, kind: what, amount, currency }) => ({
            key,
            bookedOn,
            kind: what,
            amount,
            currency,
          })),
        line: lineAround(from, to, believed, held),
      };
    })
    .toReversed();
}

function reported({ date, total, currency }: Reading): ReportedValue {
  return { date, total, currency };
}

function nearest(reading: Reading | undefined): ReportedValue | null {
  return reading === undefined ? null : reported(reading);
}

function lineAround(
  from: TradingDate,
  to: TradingDate,
  believed: readonly Reading[],
  held: readonly Reading[],
): readonly LineValue[] {
  const [first, last] = [addDays(from, -AROUND_DAYS), addDays(to, AROUND_DAYS)];
  const values = (readings: readonly Reading[], isInQuestion: boolean): LineValue[] =>
    readings
      .filter(({ date }) => date >= first && date <= last)
      .map((reading) => ({ ...reported(reading), kind: reading.kind, isInQuestion }));
  return [...values(believed, false), ...values(bestOfDays(held), true)].toSorted((a, b) =>
    a.date === b.date ? Number(a.isInQuestion) - Number(b.isInQuestion) : a.date < b.date ? -1 : 1,
  );
}

/** Of each day the best kind and of that the newest, oldest day first. */
function bestOfDays(readings: readonly Reading[]): readonly Reading[] {
  const best = new Map<TradingDate, Reading>();
  for (const reading of readings) {
    const known = best.get(reading.date);
    if (known === undefined || isBetter(reading, known)) best.set(reading.date, reading);
  }
  return [...best.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1));
}

function isBetter(one: Reading, other: Reading): boolean {
  const [rank, otherRank] = [KINDS.indexOf(one.kind), KINDS.indexOf(other.kind)];
  return rank < otherRank || (rank === otherRank && one.asOf > other.asOf);
}
