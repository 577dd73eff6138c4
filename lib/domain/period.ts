import {
  CALENDAR_FIRST_DATE,
  CALENDAR_LAST_DATE,
  nextSession,
  previousSession,
  sessionOn,
} from './nyse-calendar';
import { addDays, addMonths, dateOf, daysBetween, isDate, type TradingDate } from './trading-date';

/** The periods that a reader can choose, shortest first. */
export const PERIODS = ['1D', '1W', '1M', '3M', '6M', 'YTD', '1Y', '5Y', 'ALL'] as const;

export type Period = (typeof PERIODS)[number];

/** What is shown to those who named no period. */
export const DEFAULT_PERIOD: Period = '1M';

/** How far back in time providers and the estimates built on them are sure to reach. */
const ONE_YEAR_DAYS = 365;

/** True when the text names a period, in exactly this spelling. */
export function isPeriod(text: string): text is Period {
  return PERIODS.some((period) => period === text);
}

/** The dates of a period, both included. */
interface PeriodRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/**
 * The range of a period that ends on `latest`, the latest closed trading day.
 *
 * The first point of a period is the base that its change is measured from, so `from` is a session at the far end:
 * - `1D`: the session before `latest`
 * - `1W`, `1M`, `3M`, `6M`, `5Y`: the last session on or before the same day that far back (month ends are clamped)
 * - `YTD`: the last session of the year before
 * - `1Y`: the first session on or after the day 365 days back, so that a provider's look-back of a year covers it
 * - `ALL`: `firstKnown`, or `latest` when nothing is known yet or only from a later day on
 *
 * From 2026-11-20 a month reaches back to 2026-10-20, and a year to 2025-11-20.
 * Throws `RangeError` where the base lies before the calendar.
 */
export function periodRange(
  period: Period,
  latest: TradingDate,
  firstKnown: TradingDate | null,
): PeriodRange {
  return { from: findBase(period, latest, firstKnown), to: latest };
}

function findBase(period: Period, latest: TradingDate, firstKnown: TradingDate | null): TradingDate {
  switch (period) {
    case '1D':
      return previousSession(latest).date;
    case '1W':
      return sessionOnOrBefore(addDays(latest, -7));
    case '1M':
      return sessionOnOrBefore(addMonths(latest, -1));
    case '3M':
      return sessionOnOrBefore(addMonths(latest, -3));
    case '6M':
      return sessionOnOrBefore(addMonths(latest, -6));
    case 'YTD':
      return previousSession(dateOf(Number(latest.slice(0, 4)), 1, 1)).date;
    case '1Y':
      return sessionOnOrAfter(addDays(latest, -ONE_YEAR_DAYS));
    case '5Y':
      return sessionOnOrBefore(addMonths(latest, -60));
    case 'ALL':
      return firstDate(firstKnown, latest);
  }
}

function sessionOnOrBefore(date: TradingDate): TradingDate {
  return (sessionOn(date) ?? previousSession(date)).date;
}

function sessionOnOrAfter(date: TradingDate): TradingDate {
  return (sessionOn(date) ?? nextSession(date)).date;
}

function firstDate(firstKnown: TradingDate | null, latest: TradingDate): TradingDate {
  // An account linked today is first known on a day that is not closed yet.
  if (firstKnown === null || firstKnown > latest) return latest;
  return firstKnown < CALENDAR_FIRST_DATE ? CALENDAR_FIRST_DATE : firstKnown;
}

/** The longest range that may be asked for, in calendar days: twenty years. */
export const RANGE_DAYS_MAX = 7_305;

/** A first and a last date, both included. */
export interface DateRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** What is wrong with two typed dates. */
export type RangeFault =
  | 'from_missing'
  | 'to_missing'
  | 'from_not_a_date'
  | 'to_not_a_date'
  | 'from_outside'
  | 'to_outside'
  | 'backwards'
  | 'too_long';

type RangeReading =
  | { readonly range: DateRange; readonly fault: null }
  | { readonly range: null; readonly fault: RangeFault };

/** Reads two dates that somebody typed, or says the first thing that is wrong with them. */
export function readRange(from: string, to: string): RangeReading {
  const refuse = (fault: RangeFault): RangeReading => ({ range: null, fault });
  if (from === '') return refuse('from_missing');
  if (!isDate(from)) return refuse('from_not_a_date');
  if (to === '') return refuse('to_missing');
  if (!isDate(to)) return refuse('to_not_a_date');
  if (!isInCalendar(from)) return refuse('from_outside');
  if (!isInCalendar(to)) return refuse('to_outside');
  if (from > to) return refuse('backwards');
  if (daysBetween(from, to) > RANGE_DAYS_MAX) return refuse('too_long');
  return { range: { from, to }, fault: null };
}

function isInCalendar(date: TradingDate): boolean {
  return date >= CALENDAR_FIRST_DATE && date <= CALENDAR_LAST_DATE;
}

/** What the shown days can be compared with: as many days that end where they begin, or the same days of the year before. */
export const COMPARISONS = ['before', 'year_before'] as const;

export type Comparison = (typeof COMPARISONS)[number];

export function isComparison(text: string): text is Comparison {
  return COMPARISONS.some((comparison) => comparison === text);
}

/** The days to compare a range with. */
export function comparedRange({ from, to }: DateRange, comparison: Comparison): DateRange {
  if (comparison === 'year_before') return { from: addMonths(from, -12), to: addMonths(to, -12) };
  return { from: addDays(from, -Math.max(1, daysBetween(from, to))), to: from };
}
