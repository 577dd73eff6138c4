import { addDays, dateOf, dayOfWeek, type TradingDate } from './trading-date';

/** Days of the week as `dayOfWeek` counts them. */
export const SUNDAY = 0;
export const MONDAY = 1;
const TUESDAY = 2;
const WEDNESDAY = 3;
const THURSDAY = 4;
export const FRIDAY = 5;
const SATURDAY = 6;

/** True from Monday to Friday. */
export function isWeekday(date: TradingDate): boolean {
  const day = dayOfWeek(date);
  return day !== SATURDAY && day !== SUNDAY;
}

/** The first such day of the week that is not before `date`. */
function weekdayOnOrAfter(date: TradingDate, weekday: number): TradingDate {
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

/** The first year in which the exchange kept Juneteenth. */
const JUNETEENTH_FIRST_YEAR = 2022;

/** From this year on a Thursday July 4 shortens the Wednesday before it, no longer the Friday after it. */
const WEDNESDAY_JULY_3_FIRST_YEAR = 2013;

/**
 * The weekdays of a year on which the exchange is closed by rule (NYSE Rule 7.2), oldest first.
 * Valid from 1998, when Martin Luther King Day was added, to 2099.
 */
export function holidaysOf(year: number): readonly TradingDate[] {
  return [
    ...newYearsDay(year),
    nthWeekday(year, 1, MONDAY, 3), // Martin Luther King Day
    nthWeekday(year, 2, MONDAY, 3), // Washington's Birthday
    goodFriday(year),
    lastWeekday(year, 5, MONDAY), // Memorial Day
    ...(year >= JUNETEENTH_FIRST_YEAR ? [nearestWeekday(dateOf(year, 6, 19))] : []),
    nearestWeekday(dateOf(year, 7, 4)), // Independence Day
    nthWeekday(year, 9, MONDAY, 1), // Labor Day
    thanksgiving(year),
    nearestWeekday(dateOf(year, 12, 25)), // Christmas
  ];
}

/** The trading days of a year that end at 13:00 by rule, oldest first. */
export function earlyClosesOf(year: number): readonly TradingDate[] {
  return [...aroundIndependenceDay(year), addDays(thanksgiving(year), 1), ...christmasEve(year)];
}

function newYearsDay(year: number): TradingDate[] {
  const date = dateOf(year, 1, 1);
  // A Saturday is not observed: December 31 closes the books of the year and stays a trading day.
  if (dayOfWeek(date) === SATURDAY) return [];
  return [nearestWeekday(date)];
}

/** A holiday on a Saturday is kept on the Friday before it, one on a Sunday on the Monday after it. */
function nearestWeekday(date: TradingDate): TradingDate {
  if (dayOfWeek(date) === SATURDAY) return addDays(date, -1);
  if (dayOfWeek(date) === SUNDAY) return addDays(date, 1);
  return date;
}

function thanksgiving(year: number): TradingDate {
  return nthWeekday(year, 11, THURSDAY, 4);
}

/**
 * Easter is the Sunday after the paschal full moon. In 1900 to 2099 that moon falls up to 29 days after March 21,
 * by the year's place in the 19-year lunar cycle, with a day less in the two places that would fall too late.
 */
function goodFriday(year: number): TradingDate {
  const place = year % 19;
  const days = (19 * place + 24) % 30;
  const isTooLate = days === 29 || (days === 28 && place > 10);
  const fullMoon = dateOf(year, 3, 21 + days - (isTooLate ? 1 : 0));
  const easter = weekdayOnOrAfter(addDays(fullMoon, 1), SUNDAY);
  return addDays(easter, -2);
}

function aroundIndependenceDay(year: number): TradingDate[] {
  switch (dayOfWeek(dateOf(year, 7, 4))) {
    case TUESDAY:
    case WEDNESDAY:
    case FRIDAY:
      return [dateOf(year, 7, 3)];
    case THURSDAY:
      return [dateOf(year, 7, year >= WEDNESDAY_JULY_3_FIRST_YEAR ? 3 : 5)];
    default:
      return [];
  }
}

function christmasEve(year: number): TradingDate[] {
  const date = dateOf(year, 12, 24);
  const day = dayOfWeek(date);
  return day >= MONDAY && day <= THURSDAY ? [date] : [];
}

/** A weekday on which the exchange stayed shut although no holiday rule says so. */
interface SpecialClosure {
  readonly date: string;
  readonly reason: string;
}

/** A trading day with hours that no rule gives; `opens` and `closes` are New York times, `HH:MM`. */
interface SpecialHours {
  readonly date: string;
  readonly opens?: string;
  readonly closes?: string;
  readonly reason: string;
}

/*
 * When the exchange announces a closure or other hours, add one line here: every tick brings the database in line, also when
 * the day is over, and what was noted for a session that is called off is void.
 */

export const SPECIAL_CLOSURES: readonly SpecialClosure[] = [
  { date: '2001-09-11', reason: 'Attacks of September 11' },
  { date: '2001-09-12', reason: 'Attacks of September 11' },
  { date: '2001-09-13', reason: 'Attacks of September 11' },
  { date: '2001-09-14', reason: 'Attacks of September 11' },
  { date: '2004-06-11', reason: 'Mourning for President Reagan' },
  { date: '2007-01-02', reason: 'Mourning for President Ford' },
  { date: '2012-10-29', reason: 'Hurricane Sandy' },
  { date: '2012-10-30', reason: 'Hurricane Sandy' },
  { date: '2018-12-05', reason: 'Mourning for President George H. W. Bush' },
  { date: '2025-01-09', reason: 'Mourning for President Carter' },
];

export const SPECIAL_HOURS: readonly SpecialHours[] = [
  { date: '2001-09-17', opens: '09:33', reason: 'Silence after the attacks of September 11' },
  { date: '2001-10-08', opens: '09:31', reason: 'Silence at the start of the war in Afghanistan' },
  { date: '2002-09-11', opens: '12:00', reason: 'Anniversary of the attacks of September 11' },
  { date: '2003-03-20', opens: '09:32', reason: 'Silence at the start of the war in Iraq' },
  { date: '2003-12-26', closes: '13:00', reason: 'Friday after Christmas' },
  { date: '2004-06-07', opens: '09:32', reason: 'Silence for President Reagan' },
  { date: '2005-06-01', closes: '15:56', reason: 'Systems fault' },
  { date: '2006-12-27', opens: '09:32', reason: 'Silence for President Ford' },
];
