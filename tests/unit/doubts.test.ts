import { describe, expect, test } from 'vitest';
import { countLeftOut } from '@/components/doubts/left-out';
import { askAbout } from '@/components/doubts/words';
import { toDate } from '@/lib/domain/trading-date';
import type { ReadingQuestion } from '@/lib/doubts/document';
import { amountOf, currencyOf, makePoint } from '../support/chart-history';

const [MONDAY, TUESDAY] = [toDate('2026-06-08'), toDate('2026-06-09')];

function question(parts: Partial<ReadingQuestion> = {}): ReadingQuestion {
  const reading = { id: 1, date: MONDAY, total: amountOf('100000'), currency: currencyOf('USD') };
  return {
    account: 'Brokerage',
    institution: 'Broker',
    isHistory: false,
    reason: 'unexplained_swing',
    from: MONDAY,
    to: MONDAY,
    readings: [reading],
    before: null,
    after: null,
    movements: [],
    line: [],
    effects: null,
    ...parts,
  };
}

describe('a question about a held value', () => {
  test.each([
    [question(), 'Was the account really worth $100,000.00 on Jun 8, 2026?'],
    [question({ to: TUESDAY }), 'Was the account really worth $100,000.00 over Jun 8 – 9, 2026?'],
    [question({ isHistory: true }), 'Is the broker’s own history on Jun 8, 2026 right?'],
    [
      question({
        reason: 'unknown_currency',
        readings: [{ id: 1, date: MONDAY, total: amountOf('100000'), currency: null }],
      }),
      'In which currency is the total of 100000 on Jun 8, 2026?',
    ],
    [
      question({ reason: 'as_of_conflict' }),
      'Two totals were given for one instant on Jun 8, 2026. Is $100,000.00 right?',
    ],
  ])('is told in words %#', (asked, words) => {
    expect(askAbout(asked, 'en-US')).toBe(words);
  });
});

test('days without an account are counted for each account', () => {
  const isa = { accountId: 'a', name: 'ISA' };
  const points = [
    makePoint('2026-06-08', '1', 'daily_eod', { leftOut: [isa] }),
    makePoint('2026-06-09', '1', 'daily_eod', { leftOut: [isa, { accountId: 'b', name: 'IRA' }] }),
    makePoint('2026-06-10', '1'),
  ];
  expect(countLeftOut(points)).toEqual([
    { accountId: 'a', name: 'ISA', days: 2, from: '2026-06-08', to: '2026-06-09' },
    { accountId: 'b', name: 'IRA', days: 1, from: '2026-06-09', to: '2026-06-09' },
  ]);
});
