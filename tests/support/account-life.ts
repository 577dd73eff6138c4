import fc from 'fast-check';
import type { Amount } from '@/lib/domain/money';
import type {
  AccountEvidence,
  MovementRow,
  MovementStatement,
  Reading,
} from '@/lib/domain/reconcile/evidence';
import { addDays, type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { CAD, captured, days, evidenceOf, past, row, statement } from './account-evidence';

// The life of one account in which the truth is known, and a broker that errs between the truth and the product.

export const LIFE = days('2026-03-02', '2026-06-30');
/** The account is linked after this many sessions; the broker's history may know those before. */
export const LINKED_AT = 24;
/** In the last sessions nothing errs, so that whatever evidence can settle has been settled. */
export const QUIET_SESSIONS = 6;
const LAST_ERRING = LIFE.length - QUIET_SESSIONS;

/** Up to this many sessions in a row a fault lasts; one session more would be a fact. */
export const FAULT_SESSIONS_MAX = 2;

interface TrueMovement {
  readonly at: number;
  readonly size: number;
  /** By how many sessions the value shows it after its booked date; before it when negative. */
  readonly shift: number;
  readonly isRenamed: boolean;
  /** Known from the evening so many sessions after the booked date. */
  readonly lag: number;
}

interface Fault {
  readonly at: number;
  readonly sessions: number;
  readonly sort: 'hundredfold' | 'tenfold' | 'hundredth' | 'zero' | 'currency' | 'silent';
}

export interface Life {
  readonly growth: readonly number[];
  readonly start: number;
  readonly movements: readonly TrueMovement[];
  readonly faults: readonly Fault[];
  readonly hasHistory: boolean;
  readonly knowsMovements: boolean;
  /** Sessions on which the history errs. */
  readonly historyFaults: readonly number[];
}

export const anyLife: fc.Arbitrary<Life> = fc
  .record({
    growth: fc.array(fc.integer({ min: -150, max: 150 }), {
      minLength: LIFE.length,
      maxLength: LIFE.length,
    }),
    isFlat: fc.boolean(),
    start: fc.integer({ min: 1_000, max: 500_000 }),
    hasHistory: fc.boolean(),
    knowsMovements: fc.boolean(),
    movements: fc.array(
      fc.record({
        at: fc.integer({ min: 2, max: LAST_ERRING - 3 }),
        share: fc.constantFrom(-1, -0.5, 0.2, 1, 6, 20),
        shift: fc.integer({ min: -1, max: 3 }),
        isRenamed: fc.boolean(),
        lag: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 2 },
    ),
    faults: fc.array(
      fc.record({
        at: fc.integer({ min: LINKED_AT, max: LAST_ERRING - FAULT_SESSIONS_MAX }),
        sessions: fc.integer({ min: 1, max: FAULT_SESSIONS_MAX }),
        sort: fc.constantFrom<Fault['sort'][]>(
          'hundredfold',
          'tenfold',
          'hundredth',
          'zero',
          'currency',
          'silent',
        ),
      }),
      { maxLength: 4 },
    ),
    historyFaults: fc.array(fc.integer({ min: 1, max: LINKED_AT - 2 }), { maxLength: 1 }),
  })
  .map(({ growth, isFlat, movements, faults, ...life }) => ({
    ...life,
    growth: growth.map((basisPoints) => (isFlat ? 1 : 1 + basisPoints / 10_000)),
    movements: apart(movements, 12).map(({ share, ...one }) => ({
      ...one,
      size: Math.round(life.start * share * 100) / 100,
    })),
    // Two faults that touch would last longer than a fault may.
    faults: apart(faults, FAULT_SESSIONS_MAX + 2),
  }))
  .map(settleable);

/**
 * Without those of its parts that no evidence can settle: a fault of the first readings where no history reports what was before
 * and money moved; and where nobody knows the movements, more than one of them, or one close to a fault or to the linking.
 */
function settleable(life: Life): Life {
  const isAtLinking = ({ at }: { readonly at: number }): boolean => Math.abs(at - LINKED_AT) <= 8;
  const known = life.hasHistory ? life.movements : life.movements.filter((one) => !isAtLinking(one));
  if (life.knowsMovements) return { ...life, movements: known };
  const movements = known.filter((one) => one.at >= 6 && !isAtLinking(one)).slice(0, 1);
  const isApart = (at: number): boolean => movements.every((one) => Math.abs(one.at - at) > 8);
  return {
    ...life,
    movements,
    faults: life.faults.filter(({ at }) => isApart(at)),
    historyFaults: life.historyFaults.filter(isApart),
  };
}

/** Only those that lie so many sessions apart. */
function apart<T extends { readonly at: number }>(items: readonly T[], sessions: number): readonly T[] {
  const kept: T[] = [];
  for (const item of items.toSorted((a, b) => a.at - b.at)) {
    const last = kept.at(-1);
    if (last === undefined || item.at - last.at >= sessions) kept.push(item);
  }
  return kept;
}

/** What the account is truly worth after each session, in cents' precision. */
export function truthOf({ start, growth, movements }: Life): readonly number[] {
  const truth: number[] = [];
  let value = start;
  for (const [index, factor] of growth.entries()) {
    value *= factor;
    for (const { at, size, shift } of movements) if (at + shift === index) value = Math.max(0, value + size);
    value = Math.round(value * 100) / 100;
    truth.push(value);
  }
  return truth;
}

/** The movements as they really were: nobody withdraws more than there is. */
function realMovements(life: Life): readonly TrueMovement[] {
  const without = truthOf({ ...life, movements: [] });
  return life.movements
    .map((one) => {
      const before = truthOf({ ...life, movements: life.movements.filter(({ at }) => at < one.at) });
      const there = before[one.at + one.shift] ?? without[one.at] ?? 0;
      return { ...one, size: Math.max(one.size, -there) };
    })
    .filter(({ size }) => size !== 0);
}

/** Everything that the product ever learns of a life. */
export function evidenceOfLife(life: Life): AccountEvidence {
  const truth = truthOf(life);
  const lastIndex = LIFE.length - 1;
  const captures = LIFE.flatMap((_, index) =>
    index < LINKED_AT ? [] : (readingOn(life, truth, index) ?? []),
  );
  return evidenceOf({
    observations: [...captures, ...(life.hasHistory ? historyBefore(life, truth) : [])],
    statements: life.knowsMovements ? statementsBy(life, lastIndex) : [],
    now: eveningOf(lastIndex),
  });
}

/** What of it has been learned by the evening of a session. */
export function learnedBy(evidence: AccountEvidence, evening: number): AccountEvidence {
  const today = dateOf(evening);
  return {
    ...evidence,
    observations: evidence.observations.filter(({ date }) => date <= today),
    statements: evidence.statements.filter(({ to }) => to <= today),
    now: eveningOf(evening),
  };
}

function eveningOf(index: number): Instant {
  return toInstant(`${dateOf(index)}T22:30:00Z`);
}

function readingOn({ faults }: Life, truth: readonly number[], index: number): Reading | null {
  const total = truth[index] ?? 0;
  const fault = faults.find(({ at, sessions }) => at <= index && index < at + sessions);
  switch (fault?.sort) {
    case undefined:
      return captured(dateOf(index), money(total));
    case 'silent':
      return null;
    case 'currency':
      return captured(dateOf(index), money(total), { currency: CAD });
    case 'zero':
      return captured(dateOf(index), money(0));
    case 'tenfold':
      return captured(dateOf(index), money(total * 10));
    case 'hundredfold':
      return captured(dateOf(index), money(total * 100));
    case 'hundredth':
      return captured(dateOf(index), money(total / 100));
  }
}

function historyBefore({ historyFaults }: Life, truth: readonly number[]): readonly Reading[] {
  return truth
    .slice(0, LINKED_AT)
    .map((total, index) => past(dateOf(index), money(historyFaults.includes(index) ? total * 10 : total)));
}

/** One statement over the last thirty days each evening, and one over everything when the account was linked. */
function statementsBy(life: Life, evening: number): readonly MovementStatement[] {
  const movements = realMovements(life);
  const statements: MovementStatement[] = [];
  for (let index = LINKED_AT; index <= evening; index += 1) {
    const from = index === LINKED_AT ? dateOf(0) : addDays(dateOf(index), -30);
    const rows = movements
      .filter(({ at, lag }) => at + lag <= index && dateOf(at) >= from)
      .map((one) => rowOf(one, index));
    statements.push(statement(from, dateOf(index), rows));
  }
  return statements;
}

function rowOf({ at, size, isRenamed, lag }: TrueMovement, evening: number): MovementRow {
  const isPending = isRenamed && evening <= at + lag + 1;
  return row(dateOf(at), money(size), {
    id: `${dateOf(at)} seen ${dateOf(evening)}`,
    description: isPending ? 'PENDING ACH' : 'ACH',
  });
}

function money(value: number): Amount {
  return (Math.round(value * 100) / 100).toFixed(2) as Amount;
}

export function dateOf(index: number): TradingDate {
  const date = LIFE[index];
  if (date === undefined) throw new RangeError(`no session ${index} in this life`);
  return date;
}
