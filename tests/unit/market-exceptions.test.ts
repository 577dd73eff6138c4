import { describe, expect, it } from 'vitest';
import { isTradingDay, sessionOn } from '@/lib/domain/nyse-calendar';
import { holidaysOf, isWeekday, SPECIAL_CLOSURES, SPECIAL_HOURS } from '@/lib/domain/nyse-holidays';
import { toDate } from '@/lib/domain/trading-date';

describe('the list of announced closures', () => {
  it.each(SPECIAL_CLOSURES)(
    '$date is a weekday that no rule closes, and the calendar obeys',
    ({ date, reason }) => {
      expect(isWeekday(toDate(date))).toBe(true);
      expect(holidaysOf(Number(date.slice(0, 4)))).not.toContain(date);
      expect(isTradingDay(date)).toBe(false);
      expect(reason).not.toBe('');
    },
  );
});

describe('the list of announced hours', () => {
  it.each(SPECIAL_HOURS)('$date is a trading day, with times that the calendar obeys', (special) => {
    const session = sessionOn(special.date);
    const inNewYork = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/New_York', timeStyle: 'short' });
    expect(special.opens ?? special.closes).toBeDefined();
    expect(inNewYork.format(new Date(session?.opensAt ?? Number.NaN))).toBe(special.opens ?? '09:30');
    if (special.closes !== undefined) {
      expect(inNewYork.format(new Date(session?.closesAt ?? Number.NaN))).toBe(special.closes);
    }
  });
});

it('each list names a date once, oldest first', () => {
  for (const list of [SPECIAL_CLOSURES, SPECIAL_HOURS]) {
    const dates = list.map((exception) => exception.date);
    expect(dates).toEqual([...new Set(dates)].sort());
  }
});
