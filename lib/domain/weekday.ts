import { addDays, dateOf, dayOfWeek, type TradingDate } from './trading-date';

/** Days of the week as `dayOfWeek` counts them. */
export const SUNDAY = 0;
export const MONDAY = 1;
export const TUESDAY = 2;
export const WEDNESDAY = 3;
export const THURSDAY = 4;
export const FRIDAY = 5;
export const SATURDAY = 6;

/** True from Monday to Friday. */
export function isWeekday(date: TradingDate): boolean {
  const day = dayOfWeek(date);
  return day !== SATURDAY && day !== SUNDAY;
}

/** The first such day of the week that is not before `date`. */
export function weekdayOnOrAfter(date: TradingDate, weekday: number): TradingDate {
  return addDays(date, (weekday - dayOfWeek(date) + 7) % 7);
}

/** The `nth` such day of the week in a month, counted from 1: the third Monday of January is `(2026, 1, MONDAY, 3)`. */
export function nthWeekday(year: number, month: number, weekday: number, nth: number): TradingDate {
  return weekdayOnOrAfter(dateOf(year, month, 7 * nth - 6), weekday);
}

/** The last such day of the week in a month. */
export function lastWeekday(year: number, month: number, weekday: number): TradingDate {
  // The last seven days of a month hold each day of the week once, and start on day -6 of the next month.
  return weekdayOnOrAfter(dateOf(year, month + 1, -6), weekday);
}
