import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountEvidence } from '@/lib/domain/reconcile/evidence';
import { reconcile } from '@/lib/domain/reconcile/reconcile';
import {
  anyLife,
  dateOf,
  evidenceOfLife,
  FAULT_SESSIONS_MAX,
  LIFE,
  LINKED_AT,
  type Life,
  learnedBy,
  truthOf,
} from '../support/account-life';

// What is published on each evening of an account's life is compared with the truth. A failing life shrinks to a small one.

const RUNS = { numRuns: 80, seed: 20_261_126 };
const EVENINGS = LIFE.map((_, index) => index).slice(LINKED_AT);

function acceptedIn(evidence: AccountEvidence) {
  const accepted = new Set(
    reconcile(evidence).verdicts.flatMap(({ id, accepted }) => (accepted ? [id] : [])),
  );
  return evidence.observations.filter(({ id }) => accepted.has(id));
}

/** While as many first readings may be wrong as right ones followed, no evidence settles which. */
const isBeyondEvidence = ({ hasHistory }: Life, evidence: AccountEvidence): boolean =>
  !hasHistory && evidence.observations.length <= 2 * FAULT_SESSIONS_MAX;

describe('the life of an account, between the truth and an erring broker', { timeout: 60_000 }, () => {
  it('has no invented value on any evening', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const truth = truthOf(life);
        const whole = evidenceOfLife(life);
        for (const evening of EVENINGS) {
          const evidence = learnedBy(whole, evening);
          if (isBeyondEvidence(life, evidence)) continue;
          const invented = acceptedIn(evidence).filter(
            ({ date, total }) => Math.abs(Number(total) - (truth[LIFE.indexOf(date)] ?? 0)) > 0.01,
          );
          expect(
            invented.map(({ id }) => id),
            `on ${dateOf(evening)}`,
          ).toEqual([]);
        }
      }),
      RUNS,
    );
  });

  it('has lost no true reading once the broker has been quiet for some sessions', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        const truth = truthOf(life);
        const evidence = evidenceOfLife(life);
        const accepted = new Set(acceptedIn(evidence).map(({ id }) => id));
        const lost = evidence.observations.filter(
          ({ id, date, total, currency }) =>
            currency === 'USD' &&
            Math.abs(Number(total) - (truth[LIFE.indexOf(date)] ?? 0)) <= 0.01 &&
            !accepted.has(id),
        );
        expect(lost.map(({ id }) => id)).toEqual([]);
      }),
      RUNS,
    );
  });

  it('finds the session on which each movement that stands out showed', () => {
    fc.assert(
      fc.property(anyLife, (life) => {
        fc.pre(life.knowsMovements && life.faults.length === 0 && life.hasHistory);
        const { movements } = reconcile(evidenceOfLife(life));
        for (const { at, shift } of life.movements) {
          const found = movements.find(({ bookedOn }) => bookedOn === dateOf(at));
          if (found?.isSeen === true && !life.historyFaults.some((fault) => Math.abs(fault - at) < 6))
            expect(found.effectiveOn).toBe(dateOf(at + shift));
        }
      }),
      RUNS,
    );
  });
});
