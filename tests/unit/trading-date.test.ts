import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  dateOf,
  dayOfWeek,
  daysBetween,
  isDate,
  type TradingDate,
  toDate,
  toInstant,
} from '@/lib/domain/trading-date';

const anyDate: fc.Arbitrary<TradingDate> = fc
  .date({ min: new Date('2000-01-01T00:00:00Z'), max: new Date('2035-12-31T00:00:00Z'), noInvalidDate: true })
  .map((date) => toDate(date.toISOString().slice(0, 10)));

describe('a trading date', () => {
  it.each(['2026-11-20', '2024-02-29', '2000-01-01'])('reads %s', (text) => {
    expect(toDate(text)).toBe(text);
  });

  it.each([
    '',
    '2026-02-30',
    '2025-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-1-5',
    '20261120',
    '2026-11-20T00:00:00Z',
    ' 2026-11-20',
    '2026-11-20\n',
    'yesterday',
  ])('refuses %j', (text) => {
    expect(isDate(text)).toBe(false);
    expect(() => toDate(text)).toThrow(RangeError);
  });

  it('names the text it refuses', () => {
    expect(() => toDate('2026-02-30')).toThrow('"2026-02-30"');
  });

  it('knows its day of the week', () => {
    expect(dayOfWeek(toDate('2026-11-22'))).toBe(0);
    expect(dayOfWeek(toDate('2026-11-20'))).toBe(5);
    expect(dayOfWeek(toDate('2000-01-01'))).toBe(6);
  });

  it('is built from numbers, and a day past the end of the month runs on', () => {
    expect(dateOf(2026, 7, 4)).toBe('2026-07-04');
    expect(dateOf(2026, 2, 29)).toBe('2026-03-01');
    expect(dateOf(2026, 3, 0)).toBe('2026-02-28');
  });
});

describe('arithmetic on dates', () => {
  it('crosses months, years and leap days', () => {
    expect(addDays(toDate('2024-02-28'), 1)).toBe('2024-02-29');
    expect(addDays(toDate('2025-02-28'), 1)).toBe('2025-03-01');
    expect(addDays(toDate('2026-01-01'), -1)).toBe('2025-12-31');
  });

  it('loses no day where New York switches its clocks', () => {
    expect(addDays(toDate('2026-03-07'), 2)).toBe('2026-03-09');
    expect(addDays(toDate('2026-10-31'), 2)).toBe('2026-11-02');
    expect(daysBetween(toDate('2026-03-07'), toDate('2026-03-09'))).toBe(2);
  });

  it('clamps a month step to the end of a shorter month', () => {
    expect(addMonths(toDate('2026-03-31'), -1)).toBe('2026-02-28');
    expect(addMonths(toDate('2024-03-30'), -1)).toBe('2024-02-29');
    expect(addMonths(toDate('2024-02-29'), -12)).toBe('2023-02-28');
    expect(addMonths(toDate('2026-07-31'), -1)).toBe('2026-06-30');
  });

  it('keeps the day of the month where it exists', () => {
    expect(addMonths(toDate('2026-11-20'), -6)).toBe('2026-05-20');
    expect(addMonths(toDate('2026-01-15'), -1)).toBe('2025-12-15');
    expect(addMonths(toDate('2025-12-31'), 1)).toBe('2026-01-31');
    expect(addMonths(toDate('2026-02-28'), -1)).toBe('2026-01-28');
    expect(addMonths(toDate('2026-11-20'), -60)).toBe('2021-11-20');
  });

  it('counts between two dates the days that lead from one to the other', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -5000, max: 5000 }), (date, days) => {
        expect(daysBetween(date, addDays(date, days))).toBe(days);
      }),
    );
  });

  it('lands in the month asked for, never on a later day of it', () => {
    fc.assert(
      fc.property(anyDate, fc.integer({ min: -72, max: 72 }), (date, months) => {
        const moved = addMonths(date, months);
        const index = (text: string) => Number(text.slice(0, 4)) * 12 + Number(text.slice(5, 7));
        expect(index(moved) - index(date)).toBe(months);
        expect(Number(moved.slice(8))).toBeLessThanOrEqual(Number(date.slice(8)));
      }),
    );
  });
});

describe('an instant', () => {
  it.each([
    ['2026-11-20T21:00:00Z', '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T16:00:00-05:00', '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T21:00Z', '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T21:00:00.123456+00:00', '2026-11-20T21:00:00.123Z'],
    ['2026-06-28 18:42:46.561408+00:00', '2026-06-28T18:42:46.561Z'],
  ])('reads %s', (text, instant) => {
    expect(toInstant(text)).toBe(instant);
  });

  it('is read from a Date', () => {
    expect(toInstant(new Date(Date.UTC(2026, 10, 20, 21)))).toBe('2026-11-20T21:00:00.000Z');
  });

  it.each(['', 'now', '2026-11-20', '2026-11-20T21:00:00', '2026-02-30T21:00:00Z', '2026-11-20T25:00:00Z'])(
    'refuses %j, which no server may read by its own clock',
    (text) => {
      expect(() => toInstant(text)).toThrow(RangeError);
    },
  );

  it('refuses an invalid Date', () => {
    expect(() => toInstant(new Date(Number.NaN))).toThrow(RangeError);
  });
});
