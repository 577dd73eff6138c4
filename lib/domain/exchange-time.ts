import { type Instant, type TradingDate, toInstant } from './trading-date';
import { lastWeekday, nthWeekday, SUNDAY } from './weekday';

/** The part of a year in daylight time: from the spring Sunday on, and before the autumn Sunday. */
export interface DaylightTime {
  readonly from: TradingDate;
  readonly before: TradingDate;
}

/** When daylight time holds in New York: one rule since 2007, another before it. Valid from 1987 on. */
export function daylightTimeOf(year: number): DaylightTime {
  return year >= 2007
    ? { from: nthWeekday(year, 3, SUNDAY, 2), before: nthWeekday(year, 11, SUNDAY, 1) }
    : { from: nthWeekday(year, 4, SUNDAY, 1), before: lastWeekday(year, 10, SUNDAY) };
}

/**
 * The instant at which a clock in New York shows `time` (`HH:MM`) on `date`. Clocks are switched at two in the
 * morning of a Sunday: on such a day the answer is exact from three on, on every other day always.
 */
export function exchangeInstant(date: TradingDate, time: string, daylight: DaylightTime): Instant {
  const offset = date >= daylight.from && date < daylight.before ? '-04:00' : '-05:00';
  return toInstant(`${date}T${time}:00${offset}`);
}
