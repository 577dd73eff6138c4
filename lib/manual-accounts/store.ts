import 'server-only';
import { z } from 'zod';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { type Output, orNull, readAnswer } from '@/lib/db/rpc';
import { MANUAL_ACCOUNTS_MAX } from '@/lib/domain/manual-accounts';
import type { Amount, Currency } from '@/lib/domain/money';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type ManualAccount, manualAccount, manualChange, manualRefusal } from './document';

const changed = z.union([manualChange, manualRefusal]);

/** What became of a change; null where the user keeps nothing of the kind. */
type Changed = Promise<Output<typeof changed> | null>;

/** Whose account. Somebody else's is treated as if it did not exist; the caller answers for whose user this is. */
export interface OwnManualAccount {
  readonly userId: string;
  readonly accountId: string;
}

/** The accounts that a user keeps by hand, with the client's own rights. */
export function readManualAccounts(
  client: SupabaseClient<Database>,
  userId: string,
): Promise<readonly ManualAccount[]> {
  const call = client.rpc('manual_accounts', { p_user_id: userId });
  return readAnswer('manual_accounts', call, z.array(manualAccount));
}

/** An account with its first value, and the notice of a portfolio that is new with it. */
interface NewManualAccount extends OwnManualAccount {
  readonly name: string;
  readonly currency: Currency;
  readonly date: TradingDate;
  readonly total: Amount;
  readonly dataNotice: string | null;
}

/** Adds an account under a fresh id; the same one twice changes nothing. */
export function addManualAccount(
  client: SupabaseClient<Database>,
  account: NewManualAccount,
  now: Date,
): Changed {
  const call = client.rpc('add_manual_account', {
    p_user_id: account.userId,
    p_account_id: account.accountId,
    p_name: account.name,
    p_currency: account.currency,
    p_date: account.date,
    p_total: account.total,
    p_data_notice: orNull(account.dataNotice),
    p_accounts_max: MANUAL_ACCOUNTS_MAX,
    p_now: now.toISOString(),
  });
  return readAnswer('add_manual_account', call, changed);
}

/** Gives an account its value of a trading day, in place of the one that it had. */
export function keepManualValue(
  client: SupabaseClient<Database>,
  {
    userId,
    accountId,
    date,
    total,
  }: OwnManualAccount & { readonly date: TradingDate; readonly total: Amount },
  now: Date,
): Changed {
  const call = client.rpc('keep_manual_value', {
    p_user_id: userId,
    p_account_id: accountId,
    p_date: date,
    p_total: total,
    p_now: now.toISOString(),
  });
  return readAnswer('keep_manual_value', call, changed.nullable());
}

/** Takes back the value of a day or, without one, the account with all of them. */
export function removeManualValues(
  client: SupabaseClient<Database>,
  { userId, accountId, date }: OwnManualAccount & { readonly date: TradingDate | null },
  now: Date,
): Changed {
  const call = client.rpc('remove_manual_values', {
    p_user_id: userId,
    p_account_id: accountId,
    p_date: orNull(date),
    p_now: now.toISOString(),
  });
  return readAnswer('remove_manual_values', call, manualChange.nullable());
}

/** Ends an account from a day on; null takes that back. */
export function endManualAccount(
  client: SupabaseClient<Database>,
  { userId, accountId, endedOn }: OwnManualAccount & { readonly endedOn: TradingDate | null },
  now: Date,
): Changed {
  const call = client.rpc('end_manual_account', {
    p_user_id: userId,
    p_account_id: accountId,
    p_ended_on: orNull(endedOn),
    p_now: now.toISOString(),
  });
  return readAnswer('end_manual_account', call, changed.nullable());
}
