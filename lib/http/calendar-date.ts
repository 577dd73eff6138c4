import 'server-only';
import { z } from 'zod';
import { CALENDAR_FIRST_DATE, CALENDAR_LAST_DATE } from '@/lib/domain/nyse-calendar';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';

/** A date of a query string, within the calendar. */
export const calendarDate = z
  .string()
  .refine(isDate, 'must be a date in the form YYYY-MM-DD')
  .refine(
    (text) => text >= CALENDAR_FIRST_DATE && text <= CALENDAR_LAST_DATE,
    `must lie between ${CALENDAR_FIRST_DATE} and ${CALENDAR_LAST_DATE}`,
  )
  .transform((text) => text as TradingDate);
