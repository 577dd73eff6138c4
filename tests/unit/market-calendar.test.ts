import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  exchangeDate,
  exchangeInstant,
  isTradingDay,
  nextSession,
  previousSession,
  sessionOn,
  tradingSessions,
} from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import { EARLY_CLOSES, FULL_CLOSURES, SESSION_COUNTS } from '../fixtures/exchange-facts';

const FIRST = '2000-01-01';
const LAST = '2035-12-31';
const everySession = tradingSessions(FIRST, LAST);
const neighbours = everySession
  .slice(1)
  .map((session, index) => [everySession[index] ?? session, session] as const);

const newYork = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
});

function weekdaysOf(year: number): string[] {
  const dates: string[] = [];
  for (
    const day = new Date(Date.UTC(year, 0, 1));
    day.getUTCFullYear() === year;
    day.setUTCDate(day.getUTCDate() + 1)
  ) {
    if (day.getUTCDay() % 6 !== 0) dates.push(day.toISOString().slice(0, 10));
  }
  return dates;
}

describe('which days have a session', () => {
  it.each(SESSION_COUNTS)('%i has %i sessions', (year, count) => {
    expect(tradingSessions(`${year}-01-01`, `${year}-12-31`)).toHaveLength(count);
  });

  it.each(FULL_CLOSURES)('%i is closed on exactly the published weekdays', (year, monthDays) => {
    const closed = weekdaysOf(year).filter((date) => !isTradingDay(date));
    expect(closed).toEqual(monthDays.split(' ').map((monthDay) => `${year}-${monthDay}`));
  });

  it.each(['2005-01-01', '2011-01-01', '2022-01-01', '2028-01-01', '2033-01-01'])(
    'a New Year on Saturday %s gives nobody the Friday off',
    (newYear) => {
      const yearBefore = Number(newYear.slice(0, 4)) - 1;
      expect(sessionOn(`${yearBefore}-12-31`)).toMatchObject({ earlyClose: false });
      expect(isTradingDay(newYear)).toBe(false);
    },
  );

  it.each(['2006-01-02', '2012-01-02', '2017-01-02', '2023-01-02'])(
    'a New Year on Sunday is kept on Monday %s',
    (monday) => {
      expect(isTradingDay(monday)).toBe(false);
    },
  );

  it('Juneteenth is a holiday from 2022 on, moved to the nearest weekday', () => {
    expect(isTradingDay('2020-06-19')).toBe(true);
    expect(isTradingDay('2021-06-18')).toBe(true);
    expect(isTradingDay('2022-06-20')).toBe(false);
    expect(isTradingDay('2023-06-19')).toBe(false);
    expect(isTradingDay('2027-06-18')).toBe(false);
  });

  it.each(['2000-04-21', '2008-03-21', '2011-04-22', '2019-04-19', '2024-03-29', '2035-03-23'])(
    'Good Friday %s is closed',
    (date) => {
      expect(isTradingDay(date)).toBe(false);
    },
  );

  it.each([
    '2001-09-11',
    '2001-09-12',
    '2001-09-13',
    '2001-09-14',
    '2004-06-11',
    '2007-01-02',
    '2012-10-29',
    '2012-10-30',
    '2018-12-05',
    '2025-01-09',
  ])('%s is closed by announcement', (date) => {
    expect(sessionOn(date)).toBeNull();
  });

  it('Columbus Day, Veterans Day, and the days around closures are trading days', () => {
    for (const date of ['2026-10-12', '2026-11-11', '2001-09-10', '2001-09-17', '2021-12-31', '2027-12-31']) {
      expect(isTradingDay(date)).toBe(true);
    }
  });
});

describe('when sessions open and close', () => {
  it('closes early on exactly the published days', () => {
    for (const [year, monthDays] of EARLY_CLOSES) {
      const early = tradingSessions(`${year}-01-01`, `${year}-12-31`).filter((session) => session.earlyClose);
      const expected = monthDays.split(' ').map((monthDay) => `${year}-${monthDay}`);
      expect(early.map((session) => session.date)).toEqual(expected);
    }
  });

  it('ends an early close at 13:00 in New York, but for the systems fault of 2005 at 15:56', () => {
    for (const { date, closesAt, earlyClose } of everySession) {
      if (!earlyClose) continue;
      expect(newYork.format(new Date(closesAt))).toBe(`${date} ${date === '2005-06-01' ? '15:56' : '13:00'}`);
    }
  });

  it('follows the clocks of New York to the minute on every other day', () => {
    const lateOpens = new Map([
      ['2001-09-17', '09:33'],
      ['2001-10-08', '09:31'],
      ['2002-09-11', '12:00'],
      ['2003-03-20', '09:32'],
      ['2004-06-07', '09:32'],
      ['2006-12-27', '09:32'],
    ]);
    for (const { date, opensAt, closesAt, earlyClose } of everySession) {
      expect(newYork.format(new Date(opensAt))).toBe(`${date} ${lateOpens.get(date) ?? '09:30'}`);
      if (!earlyClose) expect(newYork.format(new Date(closesAt))).toBe(`${date} 16:00`);
    }
  });

  it.each([
    // Until 2006: first Sunday of April to last Sunday of October.
    ['2006-03-31', '14:30', '21:00'],
    ['2006-04-03', '13:30', '20:00'],
    ['2006-10-27', '13:30', '20:00'],
    ['2006-10-30', '14:30', '21:00'],
    // From 2007: second Sunday of March to first Sunday of November.
    ['2007-03-09', '14:30', '21:00'],
    ['2007-03-12', '13:30', '20:00'],
    ['2007-11-02', '13:30', '20:00'],
    ['2007-11-05', '14:30', '21:00'],
    ['2026-03-06', '14:30', '21:00'],
    ['2026-03-09', '13:30', '20:00'],
    ['2026-10-30', '13:30', '20:00'],
    ['2026-11-02', '14:30', '21:00'],
  ])('on %s opens at %s and closes at %s UTC', (date, opens, closes) => {
    expect(sessionOn(date)).toEqual({
      date,
      opensAt: `${date}T${opens}:00.000Z`,
      closesAt: `${date}T${closes}:00.000Z`,
      earlyClose: false,
    });
  });

  it('gives an early close its own instants', () => {
    expect(sessionOn('2026-11-27')).toEqual({
      date: '2026-11-27',
      opensAt: '2026-11-27T14:30:00.000Z',
      closesAt: '2026-11-27T18:00:00.000Z',
      earlyClose: true,
    });
    expect(sessionOn('2028-07-03')).toMatchObject({ closesAt: '2028-07-03T17:00:00.000Z', earlyClose: true });
  });

  it('runs strictly forward, opens before it closes, and rests on weekends', () => {
    for (const [before, after] of neighbours) {
      expect(after.date > before.date && after.opensAt > before.closesAt).toBe(true);
    }
    for (const { date, opensAt, closesAt } of everySession) {
      expect(opensAt < closesAt).toBe(true);
      expect(new Date(`${date}T00:00:00Z`).getUTCDay() % 6).not.toBe(0);
    }
  });
});

describe('asking for a range', () => {
  it('includes both ends', () => {
    const dates = tradingSessions('2026-11-20', '2026-11-24').map((session) => session.date);
    expect(dates).toEqual(['2026-11-20', '2026-11-23', '2026-11-24']);
  });

  it('is empty over a weekend', () => {
    expect(tradingSessions('2026-11-21', '2026-11-22')).toEqual([]);
  });

  it('hands out sessions that no caller can change', () => {
    expect(Object.isFrozen(sessionOn('2026-11-20'))).toBe(true);
  });

  it('splits anywhere without losing or repeating a session', () => {
    const dayIndex = fc.integer({ min: 0, max: 13_147 });
    const dateAt = (index: number) => new Date(Date.UTC(2000, 0, 1 + index)).toISOString().slice(0, 10);
    fc.assert(
      fc.property(dayIndex, (cut) => {
        const joined = [...tradingSessions(FIRST, dateAt(cut)), ...tradingSessions(dateAt(cut + 1), LAST)];
        expect(joined).toEqual(everySession);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['2026-02-30', '2026-03-05', 'not a calendar date'],
    ['2026-03-05', 'tomorrow', 'not a calendar date'],
    ['2026-03-06', '2026-03-05', 'backwards'],
    ['1999-12-31', '2026-03-05', 'outside the calendar'],
    ['2026-03-05', '2036-01-01', 'outside the calendar'],
  ])('refuses %s to %s', (from, to, reason) => {
    expect(() => tradingSessions(from, to)).toThrow(RangeError);
    expect(() => tradingSessions(from, to)).toThrow(reason);
  });
});

describe('neighbouring sessions', () => {
  it('skips weekends and holidays', () => {
    expect(nextSession('2026-11-25').date).toBe('2026-11-27');
    expect(nextSession('2026-11-26').date).toBe('2026-11-27');
    expect(previousSession('2026-07-06').date).toBe('2026-07-02');
    expect(previousSession('2026-11-22').date).toBe('2026-11-20');
    expect(previousSession('2001-09-17').date).toBe('2001-09-10');
  });

  it('leads forward and back to the same session', () => {
    for (const [before, after] of neighbours) {
      expect(nextSession(before.date)).toBe(after);
      expect(previousSession(after.date)).toBe(before);
    }
  });

  it('refuses to look past the ends of the calendar', () => {
    expect(() => previousSession('2000-01-03')).toThrow(RangeError);
    expect(() => nextSession('2035-12-31')).toThrow(RangeError);
    expect(() => sessionOn('2036-01-02')).toThrow(RangeError);
    expect(() => isTradingDay('1999-12-31')).toThrow(RangeError);
  });
});

describe('a clock in New York', () => {
  it.each([
    ['2026-03-08', '00:00', '2026-03-08T05:00:00.000Z'],
    ['2026-03-08', '03:00', '2026-03-08T07:00:00.000Z'],
    ['2026-11-01', '00:00', '2026-11-01T04:00:00.000Z'],
    ['2026-11-01', '02:00', '2026-11-01T07:00:00.000Z'],
    ['2006-04-02', '09:30', '2006-04-02T13:30:00.000Z'],
    ['2006-10-29', '09:30', '2006-10-29T14:30:00.000Z'],
  ])('on %s, when it is switched, shows %s at %s', (day, time, instant) => {
    expect(exchangeInstant(toDate(day), time)).toBe(instant);
    expect(exchangeDate(instant)).toBe(day);
  });
});
