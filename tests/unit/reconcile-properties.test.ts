import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Amount, type Currency, Exact } from '@/lib/domain/money';
import type {
  AccountEvidence,
  MovementRow,
  MovementStatement,
  Reading,
} from '@/lib/domain/reconcile/evidence';
import { type Reconciliation, reconcile } from '@/lib/domain/reconcile/reconcile';
import { addDays, toInstant } from '@/lib/domain/trading-date';
import {
  CAD,
  captured,
  days,
  evidenceOf,
  past,
  rate,
  row,
  sighting,
  statement,
  USD,
} from '../support/account-evidence';

// Evidence of any sort about one account over some weeks, brought in two ways that mean the same.

const SESSIONS = days('2026-05-04', '2026-06-30');
const anyDay = fc.constantFrom(...SESSIONS);
/** Totals of a few sizes, so that evidence agrees and contradicts often. */
const anyTotal = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 9_000, max: 11_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 90_000, max: 110_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(0, 100_000, 10, 1_000_000) },
);
const anyCurrency = fc.oneof(
  { weight: 8, arbitrary: fc.constant(USD) },
  { weight: 1, arbitrary: fc.constantFrom<(Currency | null)[]>(CAD, null) },
);

const anyReading: fc.Arbitrary<Reading> = fc
  .record({ date: anyDay, total: anyTotal, currency: anyCurrency, isPast: fc.boolean(), late: fc.boolean() })
  .map(({ date, total, currency, isPast, late }) =>
    isPast
      ? past(date, total, { currency })
      : captured(date, total, { currency, asOf: toInstant(`${date}T2${late ? 2 : 1}:30:00Z`) }),
  );
const anyRow: fc.Arbitrary<MovementRow> = fc
  .record({
    date: anyDay,
    amount: fc.constantFrom(1_000, -1_000, 90_000, -90_000, -10_000, 10_000, null),
    kind: fc.constantFrom<MovementRow['kind'][]>('deposit', 'transfer', 'dividend', 'unclassified', 'other'),
    reference: fc.constantFrom(null, null, 'r1', 'r2'),
    currency: fc.constantFrom(null, USD, CAD),
  })
  .map(({ date, amount, ...more }) => row(date, amount, more));
const anyStatement: fc.Arbitrary<MovementStatement> = fc
  .record({ to: anyDay, length: fc.integer({ min: 5, max: 40 }), rows: fc.array(anyRow, { maxLength: 5 }) })
  .map(({ to, length, rows }) => {
    const from = addDays(to, -length);
    return statement(
      from,
      to,
      rows.filter(({ date }) => date >= from && date <= to),
    );
  });

/** Each piece of evidence has an id of its own; arrival gave it. */
function numbered(evidence: AccountEvidence, prefix: string): AccountEvidence {
  return {
    ...evidence,
    observations: evidence.observations.map((one, index) => ({ ...one, id: `${prefix}o${index}` })),
    statements: evidence.statements.map((one, index) => ({
      ...one,
      id: `${prefix}s${index}`,
      rows: one.rows.map((each, place) => ({ ...each, id: `${prefix}s${index}r${place}` })),
    })),
    facts: evidence.facts.map((one, index) => ({ ...one, id: `${prefix}f${index}` })),
  };
}

const anyEvidence: fc.Arbitrary<AccountEvidence> = fc
  .record({
    observations: fc.array(anyReading, { maxLength: 40 }),
    statements: fc.array(anyStatement, { maxLength: 4 }),
    facts: fc.array(
      fc
        .record({
          date: anyDay,
          isListed: fc.boolean(),
          isOpen: fc.boolean(),
          category: fc.constantFrom('investment' as const, 'credit' as const, null),
        })
        .map(({ date, ...more }) => sighting(date, more)),
      { maxLength: 12 },
    ),
  })
  .map((parts) => numbered(evidenceOf({ ...parts, rates: [rate('2026-06-01', 'CAD', 'USD', '0.75')] }), ''));

const shuffled = <T>(items: readonly T[]): fc.Arbitrary<readonly T[]> =>
  fc.shuffledSubarray([...items], { minLength: items.length });

/** What is concluded, without the ids that arrival gave. */
function meaningOf(evidence: AccountEvidence, conclusion: Reconciliation) {
  const readings = new Map(evidence.observations.map((one) => [one.id, one]));
  const saidBy = (id: string): string => {
    const { id: _, ...said } = readings.get(id) ?? { id };
    return JSON.stringify(said);
  };
  return {
    verdicts: new Map(
      conclusion.verdicts.map(({ id, accepted, reason }) => [saidBy(id), { accepted, reason }]),
    ),
    movements: conclusion.movements.map(({ rowIds: _, ...movement }) => movement),
    unknownSpans: conclusion.unknownSpans,
    intervals: conclusion.intervals,
    doubts: conclusion.doubts.map(({ question, from, to }) => ({ question, from, to })),
  };
}

const concludeFrom = (evidence: AccountEvidence) => meaningOf(evidence, reconcile(evidence));

describe('the same evidence gives the same conclusion', () => {
  it('in any order of arrival', () => {
    const cases = anyEvidence.chain((evidence) =>
      fc.tuple(
        fc.constant(evidence),
        shuffled(evidence.observations),
        shuffled(evidence.statements),
        shuffled(evidence.facts),
      ),
    );
    fc.assert(
      fc.property(cases, ([evidence, observations, statements, facts]) => {
        const other = numbered({ ...evidence, observations, statements, facts }, 'later ');
        expect(concludeFrom(other)).toEqual(concludeFrom(evidence));
      }),
      { numRuns: 300 },
    );
  });

  it('when every fill is doubled', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const again = numbered(evidence, 'again ');
        const doubled = {
          ...evidence,
          observations: [...evidence.observations, ...again.observations],
          statements: [...evidence.statements, ...again.statements],
          facts: [...evidence.facts, ...again.facts],
        };
        const { doubts: _, ...once } = concludeFrom(evidence);
        expect(concludeFrom(doubled)).toMatchObject(once);
      }),
      { numRuns: 200 },
    );
  });

  it('when a statement is told in two parts', () => {
    fc.assert(
      fc.property(anyEvidence, anyDay, (evidence, cut) => {
        const statements = evidence.statements.slice(0, 1);
        const parts = statements.flatMap((whole) => {
          if (cut < whole.from || cut >= whole.to) return [whole];
          const inFirst = whole.rows.filter(({ date }) => date <= cut);
          const inSecond = whole.rows.filter(({ date }) => date > cut);
          return [
            { ...whole, to: cut, rows: inFirst },
            { ...whole, id: 'second', from: addDays(cut, 1), rows: inSecond },
          ];
        });
        // A reference that stands on both sides of the cut names one movement twice, so that only sums can be compared.
        const isSplitReference = statements.some(({ rows }) => {
          const references = rows.flatMap(({ reference }) => (reference === null ? [] : [reference]));
          return new Set(references).size < references.length;
        });
        fc.pre(!isSplitReference);
        expect(concludeFrom({ ...evidence, statements: parts })).toEqual(
          concludeFrom({ ...evidence, statements }),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('when everything is told in another currency', () => {
    const times = (amount: Amount, factor: string) => new Exact(amount).times(factor).toFixed() as Amount;
    const inYen = <T extends { readonly currency: Currency | null }>(one: T): T =>
      one.currency === USD ? { ...one, currency: 'JPY' as Currency } : one;
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const dollars = {
          ...evidence,
          observations: evidence.observations.map((one) => ({ ...one, currency: USD })),
          statements: evidence.statements.map((one) => ({
            ...one,
            rows: one.rows.map((each) => ({
              ...each,
              currency: each.currency === CAD ? null : each.currency,
            })),
          })),
          immaterial: '25' as Amount,
        };
        const yen: AccountEvidence = {
          ...dollars,
          observations: dollars.observations.map((one) => inYen({ ...one, total: times(one.total, '128') })),
          statements: dollars.statements.map((one) => ({
            ...one,
            rows: one.rows.map((each) =>
              inYen({ ...each, amount: each.amount === null ? null : times(each.amount, '128') }),
            ),
          })),
          homeCurrency: 'JPY' as Currency,
          immaterial: times('25' as Amount, '128'),
        };
        const shape = (conclusion: Reconciliation) => ({
          verdicts: conclusion.verdicts,
          movements: conclusion.movements.map(({ rowIds, effectiveOn, isSeen, isWithdrawn }) => ({
            rowIds,
            effectiveOn,
            isSeen,
            isWithdrawn,
          })),
          unknownSpans: conclusion.unknownSpans.map(({ from, to }) => ({ from, to })),
        });
        expect(shape(reconcile(yen))).toEqual(shape(reconcile(dollars)));
      }),
      { numRuns: 200 },
    );
  });
});

describe('whatever the evidence', () => {
  it('there is one verdict for each reading, and a reason for each that does not count', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const { verdicts } = reconcile(evidence);
        expect(verdicts.map(({ id }) => id).toSorted()).toEqual(
          evidence.observations.map(({ id }) => id).toSorted(),
        );
        for (const { accepted, reason } of verdicts) expect(reason === null).toBe(accepted);
      }),
    );
  });

  it('no movement is counted twice or lost: each row belongs to one movement', () => {
    fc.assert(
      fc.property(anyEvidence, (evidence) => {
        const rows = evidence.statements.flatMap((one) => one.rows.map(({ id }) => id));
        const { movements } = reconcile(evidence);
        expect(movements.flatMap(({ rowIds }) => rowIds).toSorted()).toEqual(rows.toSorted());
        const keys = movements.map(({ key }) => key);
        expect(new Set(keys).size).toBe(keys.length);
      }),
    );
  });

  it('what a person decided stays so', () => {
    const cases = anyEvidence
      .filter(({ observations }) => observations.length > 0)
      .chain((evidence) =>
        fc.tuple(fc.constant(evidence), fc.constantFrom(...evidence.observations), fc.boolean()),
      );
    fc.assert(
      fc.property(cases, ([evidence, { id }, isAccepted]) => {
        const decision = {
          id: 'd',
          at: evidence.now,
          about: 'reading',
          readingId: id,
          verdict: isAccepted ? 'accept' : 'reject',
        } as const;
        const verdict = reconcile({ ...evidence, decisions: [decision] }).verdicts.find(
          (one) => one.id === id,
        );
        expect(verdict?.accepted).toBe(isAccepted);
      }),
    );
  });
});
