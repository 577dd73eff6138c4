import 'server-only';
import { z } from 'zod';
import { type Amount, type Currency, toAmount, toCurrency } from '@/lib/domain/money';
import { type Instant, isDate, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';

interface DatabaseAnswer {
  readonly data: unknown;
  readonly error: { readonly code: string; readonly message: string } | null;
}

/**
 * Codes that say that the database itself is away or cannot take more: no answer at all (the client leaves the code empty),
 * PostgREST without a connection, and Postgres's classes for connections, resources, and shutting down. An API of another
 * make says it in the message only.
 */
const AWAY_CODE = /^(?:|PGRST00[0-3]|08...|53...|57P0.)$/;
const AWAY_MESSAGE =
  /\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|EPIPE|CONNECTION_CLOSED|CONNECTION_ENDED|fetch failed)\b/;

/**
 * The result of a database function, checked by a schema. Throws an `AppError` when the database cannot be reached, and an
 * `Error` when the function failed or answered otherwise.
 */
export async function readAnswer<T>(
  name: string,
  answer: PromiseLike<DatabaseAnswer>,
  schema: z.ZodType<T>,
): Promise<T> {
  const { data, error } = await answer;
  if (error !== null) {
    const cause = new Error(`${name} failed: ${error.code} ${error.message}`);
    throw isAway(error)
      ? new AppError('unavailable', 'The database does not answer right now.', { cause })
      : cause;
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new Error(`${name} answered in an unknown shape: ${parsed.error.message}`);
  return parsed.data;
}

function isAway({ code, message }: { readonly code: string; readonly message: string }): boolean {
  return AWAY_CODE.test(code || '') || AWAY_MESSAGE.test(message);
}

/**
 * A nullable argument of a database function. The generated types cannot know that a function takes null, but every
 * Postgres argument may be null, so the cast is safe.
 */
export function orNull<T>(value: T | null): T {
  return value as T;
}

type ReadonlyDeep<T> = T extends string | number | boolean | null | undefined
  ? T
  : { readonly [Key in keyof T]: ReadonlyDeep<T[Key]> };

/** What a document's schema yields. Documents are read by many and changed by nobody. */
export type Output<Schema extends z.ZodType> = ReadonlyDeep<z.infer<Schema>>;

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
