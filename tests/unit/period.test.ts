import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import {
  comparedRange,
  isComparison,
  isPeriod,
  PERIODS,
  type Period,
  periodRange,
} from '@/lib/domain/period';
import { daysBetween, toDate } from '@/lib/domain/trading-date';

/** Latest closed days late enough for five years before them to be in the calendar. */
const latestDays = tradingSessions('2005-01-03', '2035-12-31').map((session) => session.date);
const fixedPeriods = PERIODS.filter((period) => period !== 'ALL');

function baseOf(period: Period, latest: string): string {
  return periodRange(period, toDate(latest), null).from;
}

describe('what a range is compared with', () => {
  const range = { from: toDate('2026-02-28'), to: toDate('2026-05-29') };

  it('is as many days that end where it begins, or the same days a year earlier', () => {
    expect(comparedRange(range, 'before')).toEqual({ from: '2025-11-30', to: '2026-02-28' });
    expect(comparedRange(range, 'year_before')).toEqual({ from: '2025-02-28', to: '2025-05-29' });
  });

  it('of a single day is the day before', () => {
    const day = { from: toDate('2026-02-27'), to: toDate('2026-02-27') };
    expect(comparedRange(day, 'before')).toEqual({ from: '2026-02-26', to: '2026-02-27' });
  });

  it('is one of two', () => {
    expect(['before', 'year_before', '', 'after'].map(isComparison)).toEqual([true, true, false, false]);
  });
});

describe('the name of a period', () => {
  it.each(PERIODS)('%s is one', (period) => {
    expect(isPeriod(period)).toBe(true);
  });

  it.each(['', '1d', '2Y', ' 1D', 'toString', 'all'])('%j is none', (text) => {
    expect(isPeriod(text)).toBe(false);
  });
});

describe('the base of a period', () => {
  it.each([
    ['1D', '2026-11-20', '2026-11-19'],
    ['1D', '2026-11-23', '2026-11-20'],
    ['1D', '2026-11-27', '2026-11-25'],
    ['1W', '2026-11-20', '2026-11-13'],
    ['1M', '2026-11-20', '2026-10-20'],
    ['3M', '2026-11-20', '2026-08-20'],
    ['6M', '2026-11-20', '2026-05-20'],
    ['YTD', '2026-11-20', '2025-12-31'],
    ['1Y', '2026-11-20', '2025-11-20'],
    ['5Y', '2026-11-20', '2021-11-19'],
  ] as const)('%s before %s is %s', (period, latest, base) => {
    expect(baseOf(period, latest)).toBe(base);
  });

  it('falls back to the session before, where the day that far back has none', () => {
    expect(baseOf('1W', '2026-12-03')).toBe('2026-11-25');
    expect(baseOf('1M', '2026-12-22')).toBe('2026-11-20');
    expect(baseOf('6M', '2027-01-04')).toBe('2026-07-02');
  });

  it('clamps to the end of a shorter month', () => {
    expect(baseOf('1M', '2027-03-31')).toBe('2027-02-26');
    expect(baseOf('1M', '2026-07-31')).toBe('2026-06-30');
    expect(baseOf('5Y', '2024-02-29')).toBe('2019-02-28');
  });

  it('measures the year to date from the last session of the year before, on the first session too', () => {
    expect(baseOf('YTD', '2026-01-02')).toBe('2025-12-31');
    expect(baseOf('YTD', '2007-01-03')).toBe('2006-12-29');
    expect(baseOf('YTD', '2022-12-30')).toBe('2021-12-31');
  });

  it('moves a year forward to the next session, so that a look-back of 365 days covers it', () => {
    expect(baseOf('1Y', '2027-11-22')).toBe('2026-11-23');
    expect(baseOf('1Y', '2027-11-26')).toBe('2026-11-27');
  });

  it('takes 365 days, not the same date, across a leap day', () => {
    expect(baseOf('1Y', '2024-02-29')).toBe('2023-03-01');
    expect(baseOf('1Y', '2024-03-01')).toBe('2023-03-02');
    expect(baseOf('1Y', '2025-02-28')).toBe('2024-02-29');
    expect(baseOf('1Y', '2025-03-03')).toBe('2024-03-04');
  });
});

describe('the whole history', () => {
  it('starts where the portfolio is first known', () => {
    expect(periodRange('ALL', toDate('2026-11-20'), toDate('2023-05-17'))).toEqual({
      from: '2023-05-17',
      to: '2026-11-20',
    });
  });

  it('is one day while nothing is known, or only from a day that is not closed yet', () => {
    const oneDay = { from: '2026-11-20', to: '2026-11-20' };
    expect(periodRange('ALL', toDate('2026-11-20'), null)).toEqual(oneDay);
    expect(periodRange('ALL', toDate('2026-11-20'), toDate('2026-11-23'))).toEqual(oneDay);
  });

  it('does not reach behind the calendar', () => {
    expect(periodRange('ALL', toDate('2026-11-20'), toDate('1998-06-01')).from).toBe('2000-01-01');
  });

  it('is the only period that asks since when the portfolio is known', () => {
    for (const period of fixedPeriods) {
      const known = periodRange(period, toDate('2026-11-20'), toDate('2026-11-18'));
      expect(known).toEqual(periodRange(period, toDate('2026-11-20'), null));
    }
  });
});

describe('every period', () => {
  const sessionDates = new Set<string>(
    tradingSessions('2000-01-01', '2035-12-31').map((session) => session.date),
  );

  it('ends on the latest closed day and begins on an earlier session', () => {
    fc.assert(
      fc.property(fc.constantFrom(...fixedPeriods), fc.constantFrom(...latestDays), (period, latest) => {
        const { from, to } = periodRange(period, latest, null);
        expect(to).toBe(latest);
        expect(from < to).toBe(true);
        expect(sessionDates.has(from)).toBe(true);
      }),
    );
  });

  it('of a fixed length reaches no less far back than a shorter one', () => {
    const byLength: readonly Period[] = ['1D', '1W', '1M', '3M', '6M', '1Y', '5Y'];
    fc.assert(
      fc.property(fc.constantFrom(...latestDays), (latest) => {
        const bases = byLength.map((period) => periodRange(period, latest, null).from);
        expect(bases).toEqual([...bases].sort().reverse());
      }),
    );
  });

  it('of a year is never longer than 365 days, and never shorter by more than a closed market explains', () => {
    for (const latest of latestDays) {
      const { from, to } = periodRange('1Y', latest, null);
      const days = daysBetween(from, to);
      expect(days).toBeLessThanOrEqual(365);
      // Since 2004 the exchange was never shut for more than four days at a stretch.
      expect(days).toBeGreaterThanOrEqual(361);
    }
  });
});
