import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  confirmsHeld,
  DEFAULT_RULES,
  judgeHistory,
  judgeHistoryValue,
  judgeTotal,
  sessionOfValue,
} from '@/lib/domain/judge';
import type { Amount, Currency } from '@/lib/domain/money';
import { nextSession, sessionOn, type TradingSession } from '@/lib/domain/nyse-calendar';
import { toDate, toInstant } from '@/lib/domain/trading-date';

const USD = 'USD' as Currency;
const amount = (text: string): Amount => text as Amount;
const afterTotal = (total: string, flows: string | null = null) => ({
  accountCurrency: USD,
  last: { date: toDate('2026-11-19'), total: amount(total) },
  flowsSinceLast: flows === null ? null : amount(flows),
});

describe('judging a total', () => {
  it.each([
    ['an ordinary move passes', '10300', afterTotal('10000'), null],
    [
      'the first value of an account passes',
      '10000',
      { accountCurrency: USD, last: null, flowsSinceLast: null },
      null,
    ],
    ['a zero after a zero passes', '0', afterTotal('0'), null],
    ['a zero that nothing explains is held', '0', afterTotal('10000'), 'unexplained_zero'],
    ['a zero that a withdrawal explains passes', '0', afterTotal('10000', '-9900'), null],
    [
      'a zero that a small withdrawal does not explain is held',
      '0',
      afterTotal('10000', '-500'),
      'unexplained_zero',
    ],
    ['a tenfold total is held', '100000', afterTotal('10000'), 'unexplained_swing'],
    ['a tenfold total that a deposit explains passes', '100000', afterTotal('10000', '90500'), null],
    ['a tenth of the total is held', '1000', afterTotal('10000'), 'unexplained_swing'],
    [
      'an account that slips into margin far below is held',
      '-9000',
      afterTotal('10000'),
      'unexplained_swing',
    ],
    ['a negative margin account moves like any other', '-10500', afterTotal('-10000'), null],
    ['the first money in an empty account passes', '5000', afterTotal('0'), null],
  ])('%s', (_claim, total, context, reason) => {
    const verdict = judgeTotal(amount(total), USD, context);
    expect(verdict).toEqual(reason === null ? { accepted: true } : { accepted: false, reason });
  });

  it('holds a total in an unknown currency, or in another one than the account has', () => {
    expect(judgeTotal(amount('10'), null, afterTotal('10'))).toEqual({
      accepted: false,
      reason: 'unknown_currency',
    });
    expect(judgeTotal(amount('10'), 'CAD' as Currency, afterTotal('10'))).toEqual({
      accepted: false,
      reason: 'wrong_currency',
    });
  });

  it('never holds a move within the allowed factor, whatever the size of the account', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.double({
          min: 1 / DEFAULT_RULES.swingFactorMax + 0.001,
          max: DEFAULT_RULES.swingFactorMax - 0.001,
          noNaN: true,
        }),
        (last, factor) => {
          const total = amount((last * factor).toFixed(4));
          return judgeTotal(total, USD, afterTotal(String(last))).accepted;
        },
      ),
    );
  });
});

describe('a later reading beside one that was held as a swing', () => {
  it.each([
    ['that moved with the market confirms it', '100000', '101234.56', true],
    ['that moved by one cent confirms it', '100000', '100000.01', true],
    ['that is the same to the cent is a repeat and confirms nothing', '100000', '100000', false],
    ['that differs in the spelling alone is a repeat', '100000', '100000.00', false],
    ['that differs by less than a cent is a repeat', '100000', '100000.004', false],
    ['that is ordinary beside the value before it confirms nothing', '100000', '10000', false],
    ['that is zero confirms nothing', '100000', '0', false],
    ['on the other side of zero confirms nothing', '-100000', '100000', false],
    ['of a debt that moved confirms it', '-100000', '-100500', true],
  ])('%s', (_claim, held, later, isConfirmed) => {
    expect(confirmsHeld(amount(held), amount(later))).toBe(isConfirmed);
  });

  it('is never a zero that confirms a zero', () => {
    expect(confirmsHeld(amount('0'), amount('0'))).toBe(false);
  });
});

describe('an operator’s own rules', () => {
  it('move the bound of a swing and the share of zeros', () => {
    const strict = { swingFactorMax: 1.5, zeroShareMax: 0.2 };
    expect(judgeTotal(amount('16000'), USD, afterTotal('10000')).accepted).toBe(true);
    expect(judgeTotal(amount('16000'), USD, afterTotal('10000'), strict)).toEqual({
      accepted: false,
      reason: 'unexplained_swing',
    });
    const someZeros = ['0', '100', '100'].map((total) => ({ total: amount(total) }));
    expect(judgeHistory(someZeros, amount('100')).accepted).toBe(true);
    expect(judgeHistory(someZeros, amount('100'), strict)).toEqual({
      accepted: false,
      reason: 'mostly_zeros',
    });
  });
});

describe('judging a history', () => {
  const values = (...totals: string[]) => totals.map((total) => ({ total: amount(total) }));

  it('holds a history that is almost only zeros while the account has money', () => {
    const zeros = values(...Array.from({ length: 181 }, () => '0'), '14000');
    expect(judgeHistory(zeros, amount('10000'))).toEqual({ accepted: false, reason: 'mostly_zeros' });
  });

  it('holds a history whose newest value disagrees with the present total', () => {
    expect(judgeHistory(values('900', '950'), amount('9500'))).toEqual({
      accepted: false,
      reason: 'disagrees_with_total',
    });
    expect(judgeHistory(values('900', '0'), amount('900'))).toEqual({
      accepted: false,
      reason: 'disagrees_with_total',
    });
  });

  it('accepts a history that leads to the present total', () => {
    expect(judgeHistory(values('900', '950'), amount('960')).accepted).toBe(true);
  });

  it('accepts zeros of an account that is empty now', () => {
    expect(judgeHistory(values('900', '0', '0'), amount('0')).accepted).toBe(true);
  });

  it('holds a lone zero between values and no other day', () => {
    const history = values('900', '0', '910');
    const verdicts = history.map((_, index) => judgeHistoryValue(history, index, USD, USD).accepted);
    expect(verdicts).toEqual([true, false, true]);
  });

  it('holds values in a currency that nobody named', () => {
    expect(judgeHistoryValue(values('900'), 0, null, USD)).toEqual({
      accepted: false,
      reason: 'unknown_currency',
    });
  });

  it('holds values in another currency than the account has', () => {
    expect(judgeHistoryValue(values('900'), 0, 'CAD' as Currency, USD)).toEqual({
      accepted: false,
      reason: 'wrong_currency',
    });
  });
});

describe('which trading day a value belongs to', () => {
  const session = (date: string): TradingSession => sessionOn(date) as TradingSession;
  const dayOf = (asOf: string, closed: string) =>
    sessionOfValue(toInstant(asOf), session(closed), nextSession(closed));

  it.each([
    ['right after the close', '2026-11-20T21:00:00Z', '2026-11-20', '2026-11-20'],
    ['on Saturday', '2026-11-21T15:00:00Z', '2026-11-20', '2026-11-20'],
    ['a minute before the next open', '2026-11-23T14:29:00Z', '2026-11-20', '2026-11-20'],
    ['while the market is open', '2026-11-23T14:30:00Z', '2026-11-20', null],
    ['after an early close', '2026-11-27T18:00:00Z', '2026-11-27', '2026-11-27'],
    ['past midnight in London', '2026-11-20T00:30:00Z', '2026-11-19', '2026-11-19'],
  ])('%s', (_when, asOf, closed, date) => {
    expect(dayOf(asOf, closed)).toBe(date);
  });
});
