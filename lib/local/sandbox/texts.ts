import { z } from 'zod';
import { type Amount, toAmount } from '@/lib/domain/money';
import { CALENDAR_FIRST_DATE, CALENDAR_LAST_DATE } from '@/lib/domain/nyse-calendar';
import { isDate, type TradingDate, toInstant } from '@/lib/domain/trading-date';

/** `YYYY-MM-DD`, within the exchange calendar. */
export const dateText = z.string().transform((text, context): TradingDate => {
  if (isDate(text) && text >= CALENDAR_FIRST_DATE && text <= CALENDAR_LAST_DATE) return text;
  const message = `not a date (YYYY-MM-DD) from ${CALENDAR_FIRST_DATE} to ${CALENDAR_LAST_DATE}`;
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
});

/** A decimal amount as text, such as `-1234.50`. */
export const decimalText = z.string().transform((text, context): Amount => {
  const amount = toAmount(text);
  if (amount !== null) return amount;
  context.addIssue({ code: 'custom', message: 'not a decimal text' });
  return z.NEVER;
});

/** An instant such as `2026-11-20T21:00:00Z`, brought to UTC with milliseconds. */
export const instantText = z.iso.datetime({ offset: true }).transform((text) => toInstant(text));
