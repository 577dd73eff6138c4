import 'server-only';
import { z } from 'zod';
import { type Amount, toAmount } from '@/lib/domain/money';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';

/**
 * What we accept from Alpaca's trading API. Only the fields we read are named. One that is missing, null or odd is not known: it
 * never becomes a zero, and costs no other.
 */

/** The credentials document of an Alpaca connection: keys that a user made for their own account, or the token that they allowed. */
export const credentialsSchema = z.union([
  z.object({ keyId: z.string().min(1), secretKey: z.string().min(1) }),
  z.object({ accessToken: z.string().min(1) }),
]);
export type AlpacaCredentials = z.infer<typeof credentialsSchema>;

/** What a code is exchanged for. No end and no renewal of it are documented: it is good until a request with it is refused. */
export const tokenSchema = z.object({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
});

/** Decimals are text in accounts and activities, and JSON numbers in the portfolio history. */
const amount = z.union([z.string(), z.number()]).transform((value, context): Amount => {
  const read = toAmount(value);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'not a decimal' });
  return z.NEVER;
});
const knownAmount = amount.nullish().catch(null);
const knownText = z.string().nullish().catch(null);

/** A calendar date, also where a time follows it: the date is the one that was written. */
const date = z.string().transform((text, context): TradingDate => {
  const day = text.slice(0, 10);
  if (isDate(day)) return day;
  context.addIssue({ code: 'custom', message: 'not a calendar date' });
  return z.NEVER;
});
const knownDate = date.nullish().catch(null);

export const accountSchema = z.object({
  id: z.string().min(1),
  account_number: knownText,
  status: knownText,
  currency: knownText,
  created_at: knownDate,
  equity: knownAmount,
  cash: knownAmount,
  /** What the account was worth at the close of the session that `balance_asof` names. */
  last_equity: knownAmount,
  balance_asof: knownDate,
});
export type AlpacaAccount = z.output<typeof accountSchema>;

const series = <T extends z.ZodType>(point: T) =>
  z
    .array(point)
    .nullish()
    .transform((points) => points ?? []);

/** Two lists that belong together by position; an account without a history has empty ones. */
export const historySchema = z
  .object({
    timestamp: series(z.number().int().nullable().catch(null)),
    equity: series(amount.nullable().catch(null)),
  })
  .refine(({ timestamp, equity }) => timestamp.length === equity.length, 'as many times as values');
export type AlpacaHistory = z.output<typeof historySchema>;

const activitySchema = z.object({
  /** By which the next page is asked for. */
  id: knownText,
  activity_type: knownText,
  date: knownDate,
  net_amount: knownAmount,
  qty: knownAmount,
  price: knownAmount,
  currency: knownText,
  description: knownText,
  /** `executed`, `correct` or `canceled`; not given for most. */
  status: knownText,
  group_id: knownText,
});
export type AlpacaActivity = z.output<typeof activitySchema>;

/** Times are those of a clock in New York, `09:30`. */
const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

/** Every field of a day counts: a calendar that is read in part would say of the rest that there is no session. */
export const calendarSchema = z.array(z.object({ date, open: clockTime, close: clockTime }));

export const activitiesSchema = z.array(activitySchema);
