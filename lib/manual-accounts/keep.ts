import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { date, text } from '@/lib/db/rpc';
import { MANUAL_ACCOUNTS_MAX, MANUAL_CURRENCIES } from '@/lib/domain/manual-accounts';
import { type Amount, type Currency, toAmount } from '@/lib/domain/money';
import {
  CALENDAR_FIRST_DATE,
  exchangeDate,
  lastSessionThrough,
  latestClosedSession,
  nextSession,
} from '@/lib/domain/nyse-calendar';
import type { TradingDate } from '@/lib/domain/trading-date';
import { AppError } from '@/lib/errors';
import { checkInput } from '@/lib/http/body';
import type { ManualChange } from './document';
import {
  addManualAccount,
  endManualAccount,
  keepManualValue,
  type OwnManualAccount,
  removeManualValues,
} from './store';

const NAME_LENGTH_MAX = 80;

const total = z
  .string()
  .trim()
  .regex(/^-?\d{1,15}(?:\.\d{1,8})?$/, 'must be an amount such as 12345.67')
  .transform((written): Amount => toAmount(written) ?? z.NEVER);

const given = z.strictObject({ date, value: total });

const added = given.extend({
  name: text(NAME_LENGTH_MAX),
  currency: z.enum(MANUAL_CURRENCIES).transform((code): Currency => code as string as Currency),
});

const end = z.strictObject({ since: date.nullable() });

/** Adds an account by hand, `{ name, currency, date, value }`. Throws an `AppError` that says what is wrong with it. */
export async function addByHand(
  client: SupabaseClient<Database>,
  userId: string,
  input: unknown,
  {
    newId,
    dataNotice,
    now,
  }: { readonly newId: () => string; readonly dataNotice: string | null; readonly now: Date },
): Promise<ManualChange> {
  const account = checkInput(input, added);
  const { name, currency, value } = account;
  const day = sessionOfValue(account.date, now);
  const own = { userId, accountId: newId() };
  return accept(
    await addManualAccount(client, { ...own, name, currency, date: day, total: value, dataNotice }, now),
  );
}

/** Gives an account a value, `{ date, value }`, in place of one of the same trading day. Throws likewise. */
export async function giveValue(
  client: SupabaseClient<Database>,
  own: OwnManualAccount,
  input: unknown,
  now: Date,
): Promise<ManualChange> {
  const { date: written, value } = checkInput(input, given);
  const day = sessionOfValue(written, now);
  return accept(await keepManualValue(client, { ...own, date: day, total: value }, now));
}

/** Takes back the value of a trading day or, with null, the whole account. Throws likewise. */
export async function takeBack(
  client: SupabaseClient<Database>,
  own: OwnManualAccount,
  day: unknown,
  now: Date,
): Promise<ManualChange> {
  return accept(await removeManualValues(client, { ...own, date: checkInput(day, date.nullable()) }, now));
}

/** Ends an account from a day on, `{ since }`, or with null takes that back. Throws likewise. */
export async function endByHand(
  client: SupabaseClient<Database>,
  own: OwnManualAccount,
  input: unknown,
  now: Date,
): Promise<ManualChange> {
  const { since } = checkInput(input, end);
  return accept(await endManualAccount(client, { ...own, endedOn: since }, now));
}

const FIRST_SESSION = nextSession(CALENDAR_FIRST_DATE).date;

/**
 * The trading day that a value counts for: the one whose close it follows. Today's, while the market is open, is that of the close before.
 * Throws an `AppError` for a day that is still to come, and for one that lies before the calendar.
 */
function sessionOfValue(written: TradingDate, now: Date): TradingDate {
  if (written > exchangeDate(now)) throw new AppError('bad_request', 'date: is still to come');
  if (written < FIRST_SESSION) throw new AppError('bad_request', `date: is before ${FIRST_SESSION}`);
  const latest = latestClosedSession(now, 0).date;
  if (written >= latest) return latest;
  return lastSessionThrough(written).date;
}

const REFUSALS = {
  too_many: `You keep ${MANUAL_ACCOUNTS_MAX} accounts by hand, and more than that are not possible.`,
  closed: 'The account is ended on that day. Take the end back first.',
  date: 'An account can end from the trading day after its first value on, and not later than the next market close.',
} as const;

function accept(changed: Awaited<ReturnType<typeof keepManualValue>>): ManualChange {
  if (changed === null) throw new AppError('not_found', 'You keep no such account or value by hand.');
  if ('refused' in changed) throw new AppError('bad_request', REFUSALS[changed.refused]);
  return changed;
}
