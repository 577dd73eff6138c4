import { CALENDAR_FIRST_DATE, CALENDAR_LAST_DATE } from './market-calendar';
import { daysBetween, isDate, type TradingDate } from './trading-date';

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

export type RangeReading =
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
