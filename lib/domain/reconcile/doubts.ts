import type { Amount, Currency } from '../money';
import type { TradingDate } from '../trading-date';
import type { MovementEffect, UnknownSpan } from './effects';
import type { EvidenceId, Reading } from './evidence';
import type { DoubtReason, ReadingVerdict } from './verdicts';

/** What kind of answer settles a doubt. */
export type DoubtKind = 'reading' | 'history' | 'step' | 'movement' | 'category';

/** One question that a person could settle, with the evidence that it is about. */
export interface Doubt {
  readonly kind: DoubtKind;
  /** In words for operators and users. */
  readonly question: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly readingIds: readonly EvidenceId[];
  readonly movementKeys: readonly string[];
}

/** Held readings that are still open, those of one reason and kind in a row as one question. */
export function doubtsAboutReadings(
  verdicts: readonly ReadingVerdict[],
  readingOf: ReadonlyMap<EvidenceId, Reading>,
): readonly Doubt[] {
  const groups: { reason: DoubtReason; readings: Reading[] }[] = [];
  for (const { id, reason, settledBy } of verdicts) {
    const reading = readingOf.get(id);
    if (reason === null || settledBy !== null || reading === undefined || !ASKED.has(reason)) continue;
    const last = groups.at(-1);
    const isSame = last?.reason === reason && last.readings[0]?.kind === reading.kind;
    if (isSame) last.readings.push(reading);
    else groups.push({ reason, readings: [reading] });
  }
  return groups.flatMap(({ reason, readings }) => {
    const [first, last] = [readings[0], readings.at(-1)];
    if (first === undefined || last === undefined) return [];
    return {
      kind: first.kind === 'reconstructed' ? ('history' as const) : ('reading' as const),
      question: questionAbout(reason, first, last),
      from: first.date,
      to: last.date,
      readingIds: readings.map(({ id }) => id),
      movementKeys: [],
    };
  });
}

/** Steps of a believed value that no movement explains: the money may have come or gone. */
export function doubtsAboutSteps(steps: readonly Reading[]): readonly Doubt[] {
  return steps.map((reading) => ({
    kind: 'step',
    question: `From ${reading.date} on the account is worth ${amountOf(reading)}, and no known movement explains the change. Did money come or go?`,
    from: reading.date,
    to: reading.date,
    readingIds: [reading.id],
    movementKeys: [],
  }));
}

/** Movements that make figures unknown. */
export function doubtsAboutMovements(
  spans: readonly UnknownSpan[],
  movements: readonly MovementEffect[],
): readonly Doubt[] {
  const byKey = new Map(movements.map((movement) => [movement.key, movement]));
  return spans.flatMap(({ from, to, movementKeys }) =>
    movementKeys.flatMap((key) => {
      const movement = byKey.get(key);
      if (movement === undefined) return [];
      return {
        kind: 'movement' as const,
        question: questionAboutMovement(movement),
        from,
        to,
        readingIds: [],
        movementKeys: [key],
      };
    }),
  );
}

export function doubtAboutCategory(date: TradingDate): Doubt {
  return {
    kind: 'category',
    question: 'The provider does not say in a known word what this account is. Does it count as an asset?',
    from: date,
    to: date,
    readingIds: [],
    movementKeys: [],
  };
}

/** Reasons that leave something to ask; zeros from before an account was funded do not. */
const ASKED: ReadonlySet<DoubtReason> = new Set([
  'unexplained_zero',
  'unexplained_swing',
  'mostly_zeros',
  'incoherent',
  'disagrees_with_total',
  'wrong_currency',
  'unknown_currency',
  'as_of_conflict',
]);

function questionAbout(reason: DoubtReason, first: Reading, last: Reading): string {
  const days = first.date === last.date ? `on ${first.date}` : `from ${first.date} to ${last.date}`;
  if (reason === 'wrong_currency' || reason === 'unknown_currency')
    return `In which currency is the total of ${amountOf(first)} ${days}?`;
  if (first.kind === 'reconstructed')
    return `The broker's history ${days} does not go together with the account's totals. Is it right?`;
  if (reason === 'as_of_conflict')
    return `The broker gave different totals for one and the same instant ${days}. Is ${amountOf(first)} right?`;
  return `Was the account really worth ${amountOf(first)} ${days}?`;
}

function questionAboutMovement({ bookedOn, amount, currency, kind }: MovementEffect): string {
  if (amount === null) return `How much was moved by the ${nameOf(kind)} of ${bookedOn}?`;
  return `What was the ${nameOf(kind)} of ${amountOf({ total: amount, currency })} on ${bookedOn}?`;
}

function nameOf(kind: MovementEffect['kind']): string {
  return kind === 'unclassified' ? 'unknown movement' : kind;
}

function amountOf({ total, currency }: { total: Amount; currency: Currency | null }): string {
  return currency === null ? total : `${total} ${currency}`;
}
