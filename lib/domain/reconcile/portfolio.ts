import { type Amount, addAmounts, Exact } from '../money';
import type { TradingDate } from '../trading-date';

// Rules that span the accounts of one user. Amounts are in the user's currency.

/** A doubt must matter: it takes more than this share of the user's total, or more than this sum. */
const IMMATERIAL_SHARE = '0.005';
const IMMATERIAL_SUM = '25';

/** Any account is carried this many sessions; a small one much longer, since it decides nothing. */
export const CARRY_SESSIONS_MAX = 5;
export const SMALL_CARRY_SESSIONS_MAX = 60;
const SMALL_ACCOUNT_SHARE_MAX = '0.05';

/**
 * The difference below which nothing is held: it is below both bounds, so below the smaller one. Null when the user's total
 * is not known. `sumInOwn` is the absolute sum in the user's own currency, 25 unless its unit is worth little.
 */
export function immaterialOf(
  userTotal: Amount | null,
  sumInOwn: Amount = IMMATERIAL_SUM as Amount,
): Amount | null {
  if (userTotal === null) return null;
  const share = new Exact(userTotal).abs().times(IMMATERIAL_SHARE);
  return Exact.min(share, sumInOwn).toFixed() as Amount;
}

/** One account on one session, as far as it decides what the session's total is. */
export interface AccountOnSession {
  readonly accountId: string;
  /** Its value of that session, or its newest believed one before; null when it never had one. */
  readonly value: Amount | null;
  /** How many sessions that value is old: 0 when it is of that session. */
  readonly age: number;
}

/** How the accounts of a user make the total of one session. */
export type SessionTotal =
  /** `carried` are named beside the total; without any the total is complete. */
  | { readonly known: true; readonly total: Amount; readonly carried: readonly string[] }
  /** Accounts that are too large and not known, for which the session is a gap. */
  | { readonly known: false; readonly because: readonly string[] };

/**
 * One account never ends the line: beyond five sessions an account of at most 5 % of the total is carried on, named, up to
 * sixty. Only a large account that nobody knows makes the session a gap. An account without any value yet is not carried: it
 * joins on the first session from which it is known.
 */
export function totalOfSession(accounts: readonly AccountOnSession[]): SessionTotal {
  const total = addAmounts(...accounts.flatMap(({ value }) => value ?? []));
  const because = accounts
    .filter((account) => !mayBeCarried(account, total))
    .map(({ accountId }) => accountId);
  if (because.length > 0) return { known: false, because: because.toSorted() };
  const carried = accounts.filter(({ age }) => age > 0).map(({ accountId }) => accountId);
  return { known: true, total, carried: carried.toSorted() };
}

function mayBeCarried({ value, age }: AccountOnSession, total: Amount): boolean {
  if (value === null) return false;
  if (age <= CARRY_SESSIONS_MAX) return true;
  const bound = new Exact(total).abs().times(SMALL_ACCOUNT_SHARE_MAX);
  return age <= SMALL_CARRY_SESSIONS_MAX && new Exact(value).abs().lte(bound);
}

/** A movement of an account in its own currency, on its effective session. */
export interface EndingMovement {
  readonly effectiveOn: TradingDate;
  readonly amount: Amount;
}

/** What leaves the portfolio when an account ends: its last value and the movements after it, so that nothing leaves twice. */
export function countedOutAt(
  last: { readonly date: TradingDate; readonly value: Amount } | null,
  movements: readonly EndingMovement[],
  endedOn: TradingDate,
): Amount {
  if (last === null) return '0' as Amount;
  const after = movements.filter(({ effectiveOn }) => effectiveOn > last.date && effectiveOn <= endedOn);
  return addAmounts(last.value, ...after.map(({ amount }) => amount));
}
