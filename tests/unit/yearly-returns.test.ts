import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toDate } from '@/lib/domain/trading-date';
import { annualise, yearReturns } from '@/lib/domain/yearly-returns';
import { amountOf } from '../support/chart-history';

const day = (date: string, twr: string | null, returnSince?: string) => ({
  date: toDate(date),
  twr: twr === null ? null : amountOf(twr),
  ...(returnSince === undefined ? {} : { returnSince: toDate(returnSince) }),
});

describe('a return a year', () => {
  test('is what, year after year, comes to the whole', () => {
    expect(Number(annualise(amountOf('0.21'), toDate('2024-01-01'), toDate('2026-01-01')))).toBeCloseTo(
      0.1,
      3,
    );
    expect(Number(annualise(amountOf('-0.19'), toDate('2024-01-01'), toDate('2026-01-01')))).toBeCloseTo(
      -0.1,
      3,
    );
  });

  test('is none up to a year, nor where nothing is left', () => {
    expect(annualise(amountOf('0.1'), toDate('2025-01-01'), toDate('2026-01-01'))).toBeNull();
    expect(annualise(amountOf('-1'), toDate('2024-01-01'), toDate('2026-01-01'))).toBeNull();
  });

  test('lies between nothing and the whole', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.001, max: 9, noNaN: true }), (growth) => {
        const yearly = Number(
          annualise(amountOf(growth.toFixed(8)), toDate('2020-01-01'), toDate('2026-01-01')),
        );
        expect(yearly).toBeGreaterThan(0);
        expect(yearly).toBeLessThan(growth);
      }),
    );
  });
});

describe('calendar years', () => {
  const days = [
    day('2024-11-22', '0'),
    day('2024-12-31', '0.1'),
    day('2025-06-30', null),
    day('2025-12-31', '0.21'),
    day('2026-11-20', '0.331'),
  ];

  test('begin with the last day of the year before, and together make the whole', () => {
    const years = yearReturns(days);
    expect(years).toEqual([
      { year: '2024', from: '2024-11-22', to: '2024-12-31', growth: '0.1', isWhole: false },
      { year: '2025', from: '2024-12-31', to: '2025-12-31', growth: '0.1', isWhole: true },
      { year: '2026', from: '2025-12-31', to: '2026-11-20', growth: '0.1', isWhole: false },
    ]);
    const whole = years.reduce((factor, { growth }) => factor * (1 + Number(growth)), 1) - 1;
    expect(whole).toBeCloseTo(0.331, 7);
  });

  test('in which the chain of returns begins anew have the part since then', () => {
    const anew = [
      ...days.slice(0, 4),
      day('2026-03-02', '0', '2026-03-02'),
      day('2026-11-20', '0.5', '2026-03-02'),
    ];
    expect(yearReturns(anew).at(-1)).toEqual({
      year: '2026',
      from: '2026-03-02',
      to: '2026-11-20',
      growth: '0.5',
      isWhole: false,
    });
  });

  test('with a single known day have none', () => {
    expect(yearReturns([day('2026-11-20', '0')])).toEqual([]);
  });
});
