import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Answer, judgeAnswer } from '@/lib/domain/judge-answer';
import type { Amount } from '@/lib/domain/money';
import { nextSession, sessionOn, type TradingSession } from '@/lib/domain/nyse-calendar';
import { gapReasonOf, HELD_REASONS, NO_VALUE_REASONS } from '@/lib/domain/states';
import { toInstant } from '@/lib/domain/trading-date';

/** Friday, open from 14:30 to 21:00 in UTC; the next session opens on Monday. */
const FRIDAY = sessionOn('2026-11-20') as TradingSession;
const DUE = {
  due: FRIDAY,
  nextOpensAt: nextSession(FRIDAY.date).opensAt,
  isConnectionBroken: false,
};
const BROKEN = { ...DUE, isConnectionBroken: true };

function answer(asOf: string | null, parts: Partial<Answer> = {}): Answer {
  return {
    category: 'investment',
    isPaper: false,
    total: '10000' as Amount,
    asOf: asOf === null ? null : toInstant(asOf),
    ...parts,
  };
}

const FRESH = '2026-11-20T21:30:00Z';
const AT_NOON = '2026-11-20T17:00:00Z';

describe('judging an answer for the day that is due', () => {
  it.each([
    ['read after the close holds its value', answer(FRESH), DUE, null],
    ['read at the close itself holds its value', answer('2026-11-20T21:00:00Z'), DUE, null],
    ['read on the weekend after it holds its value', answer('2026-11-22T12:00:00Z'), DUE, null],
    ['that leaves the account out', null, DUE, 'left_out'],
    ['without a total', answer(FRESH, { total: null }), DUE, 'total_missing'],
    ['of a zero is an answer like any other', answer(FRESH, { total: '0' as Amount }), DUE, null],
    ['of a credit line', answer(FRESH, { category: 'credit' }), DUE, 'not_an_asset'],
    ['of a paper account', answer(FRESH, { isPaper: true }), DUE, 'not_an_asset'],
    ['of a deposit account is of an asset', answer(FRESH, { category: 'deposit' }), DUE, null],
    ['read while the market was open', answer(AT_NOON), DUE, 'mid_session'],
    ['read a second before the close', answer('2026-11-20T20:59:59Z'), DUE, 'mid_session'],
    ['read before the market opened', answer('2026-11-20T14:29:59Z'), DUE, 'not_fresh'],
    ['read on the evening before', answer('2026-11-19T22:00:00Z'), DUE, 'not_fresh'],
    ['that was never read', answer(null), DUE, 'not_fresh'],
    ['read when the next session had opened', answer('2026-11-23T14:30:00Z'), DUE, 'too_late'],
    ['that a broken connection repeats', answer(AT_NOON), BROKEN, 'broken_repeat'],
    ['that a broken connection never had', answer(null), BROKEN, 'broken_repeat'],
    ['read after the close, before the connection broke', answer(FRESH), BROKEN, null],
  ] as const)('%s', (_claim, given, context, verdict) => {
    expect(judgeAnswer(given, context)).toBe(verdict);
  });

  it('never takes a reading from outside of the time between the close and the next open', () => {
    const day = { min: new Date('2026-11-01T00:00:00Z'), max: new Date('2026-12-01T00:00:00Z') };
    fc.assert(
      fc.property(fc.date({ ...day, noInvalidDate: true }), fc.boolean(), (asOf, isConnectionBroken) => {
        const verdict = judgeAnswer(answer(asOf.toISOString()), { ...DUE, isConnectionBroken });
        const isWithin = asOf >= new Date('2026-11-20T21:00:00Z') && asOf < new Date('2026-11-23T14:30:00Z');
        return (verdict === null) === isWithin;
      }),
    );
  });
});

it('every verdict on an amount is told to the user as being checked, and none on an answer without one is', () => {
  expect(new Set(HELD_REASONS.map(gapReasonOf))).toEqual(new Set(['held']));
  expect(NO_VALUE_REASONS.map(gapReasonOf)).not.toContain('held');
});
