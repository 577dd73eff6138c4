import 'server-only';
import { z } from 'zod';
import { type Amount, type Currency, toAmount, toCurrency } from '@/lib/domain/money';
import { type Instant, isDate, type TradingDate, toInstant } from '@/lib/domain/trading-date';

/** Database text as the domain's checked types. */
export const date = z
  .string()
  .refine(isDate, 'not a date')
  .transform((text) => text as TradingDate);
export const instant = z.string().transform((text, context): Instant => {
  if (!Number.isNaN(Date.parse(text))) return toInstant(new Date(text));
  context.addIssue('not an instant');
  return z.NEVER;
});
export const amount = z.string().transform((text, context): Amount => {
  const parsed = toAmount(text);
  if (parsed !== null) return parsed;
  context.addIssue('not an amount');
  return z.NEVER;
});
export const currency = z.string().transform((text, context): Currency => {
  const parsed = toCurrency(text);
  if (parsed !== null) return parsed;
  context.addIssue('not a currency');
  return z.NEVER;
});

/**
 * Text from outside that reaches the database: trimmed, not empty, of a bounded length, and without what Postgres cannot
 * store, which is a NUL and half of a surrogate pair.
 */
export function text(lengthMax: number): z.ZodType<string, string> {
  return z.string().trim().min(1).max(lengthMax).refine(isStorable, 'holds characters that cannot be stored');
}

/** Whether Postgres can take a text. */
export function isStorable(value: string): boolean {
  return !value.includes('\0') && value.isWellFormed();
}
