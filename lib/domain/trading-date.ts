// By its own path: the package's front door makes formatters for other dates, which takes a browser a tenth of a second.
import { UTCDateMini } from '@date-fns/utc/date/mini';
import {
  addDays as addCalendarDays,
  addMonths as addCalendarMonths,
  differenceInCalendarDays,
} from 'date-fns';

/** A calendar date of the New York exchange, `YYYY-MM-DD`. Never the server's or the viewer's date. */
export type TradingDate = string & { readonly __brand: 'TradingDate' };

/** An instant as an ISO 8601 string in UTC, such as `2026-11-20T21:00:00.000Z`. */
export type Instant = string & { readonly __brand: 'Instant' };

const DATE_PATTERN = /^(\d{4})-(\d{2})-(\d{2})$/;
const INSTANT_PATTERN = /^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/;

/** True when the text is a real calendar date in the form `YYYY-MM-DD` (2026-02-30 is not). */
export function isDate(text: string): text is TradingDate {
  if (!DATE_PATTERN.test(text)) return false;
  const parsed = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().slice(0, 10) === text;
}

/** Reads a calendar date; throws `RangeError` on anything that is not one. */
export function toDate(text: string): TradingDate {
  if (!isDate(text)) throw new RangeError(`not a calendar date (YYYY-MM-DD): ${JSON.stringify(text)}`);
  return text;
}

/**
 * The same instant as ISO text in UTC. Text must carry its offset (`Z` or `+00:00`): without one it would be
 * read in the server's own time zone. Throws `RangeError` on anything else.
 */
export function toInstant(value: Date | string): Instant {
  if (typeof value === 'string') {
    const date = INSTANT_PATTERN.exec(value)?.[1];
    if (date === undefined || !isDate(date)) {
      throw new RangeError(`not an instant with an offset: ${JSON.stringify(value)}`);
    }
  }
  return new Date(value).toISOString() as Instant;
}

/** The date with these numbers, month and day counted from 1; a day past the month's end runs into the next. */
export function dateOf(year: number, month: number, day: number): TradingDate {
  return dayOf(new UTCDateMini(year, month - 1, day));
}

/** The day of the week: 0 is Sunday, 6 is Saturday. */
export function dayOfWeek(date: TradingDate): number {
  return midnightOf(date).getDay();
}

/** The date `days` calendar days later (earlier when negative). */
export function addDays(date: TradingDate, days: number): TradingDate {
  return dayOf(addCalendarDays(midnightOf(date), days));
}

/** The same day `months` months later (earlier when negative), or the month's last day where it has no such day. */
export function addMonths(date: TradingDate, months: number): TradingDate {
  return dayOf(addCalendarMonths(midnightOf(date), months));
}

/** Whole calendar days from `from` to `to`; negative when `to` is earlier. */
export function daysBetween(from: TradingDate, to: TradingDate): number {
  return differenceInCalendarDays(midnightOf(to), midnightOf(from));
}

/** Dates are reckoned in UTC, where each day has 24 hours, whatever zone the server or the viewer is in. */
function midnightOf(date: TradingDate): Date {
  return new UTCDateMini(`${date}T00:00:00Z`);
}

function dayOf(midnight: Date): TradingDate {
  return midnight.toISOString().slice(0, 10) as TradingDate;
}
