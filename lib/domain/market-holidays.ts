import { addDays, dateOf, dayOfWeek, type TradingDate } from './trading-date';
import {
  FRIDAY,
  lastWeekday,
  MONDAY,
  nthWeekday,
  SATURDAY,
  SUNDAY,
  THURSDAY,
  TUESDAY,
  WEDNESDAY,
  weekdayOnOrAfter,
} from './weekday';

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
