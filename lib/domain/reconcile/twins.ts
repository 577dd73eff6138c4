import type { Amount, Currency } from '../money';
import { daysBetween, type Instant, type TradingDate } from '../trading-date';
import { SESSIONS_OF_A_FACT } from './evidence';

/** What is known of one account as far as it may be the same as another one. */
export interface TwinCandidate {
  readonly accountId: string;
  readonly linkId: string;
  readonly institution: string;
  readonly institutionAccountId: string | null;
  readonly currency: Currency | null;
  /** Believed values, one a session, oldest first. */
  readonly values: readonly TwinValue[];
}

export interface TwinValue {
  readonly date: TradingDate;
  readonly asOf: Instant;
  readonly total: Amount;
}

/** What a person answered about two accounts; null takes the answer back. */
export interface MatchDecision {
  readonly at: Instant;
  readonly accountIds: readonly [string, string];
  readonly isSame: boolean | null;
}

/**
 * - `same`: the institution's own id or a person says so.
 * - `likely`: counted once, marked, while the user is asked.
 * - `different`: two accounts.
 */
export type Kinship = 'same' | 'likely' | 'different';

/** A re-link continues an account when it begins this near to the last value of the former one, as a factor. */
const CONTINUITY_FACTOR_MAX = 1.02;
const CONTINUITY_DAYS_MAX = 10;

/**
 * An id that identifies an account, or null for one that does not: empty, masked (`****1234` is shared by many) or made of
 * nothing but zeros.
 */
export function realId(text: string | null): string | null {
  const id = text?.trim() ?? '';
  const isEmpty = !/[^0\s._-]/.test(id);
  const isMasked = /[*•●#]|^[xX.]{2,}/.test(id);
  return isEmpty || isMasked ? null : id;
}

/** Whether two accounts of one user are one. The answer does not depend on which is named first. */
export function kinshipOf(
  one: TwinCandidate,
  other: TwinCandidate,
  decisions: readonly MatchDecision[] = [],
): Kinship {
  const decision = newestAbout(one, other, decisions);
  if (decision !== null) return decision ? 'same' : 'different';
  if (one.linkId === other.linkId || one.institution !== other.institution) return 'different';
  const [id, otherId] = [realId(one.institutionAccountId), realId(other.institutionAccountId)];
  if (id !== null && otherId !== null) return id === otherId ? 'same' : 'different';
  if (one.currency !== null && other.currency !== null && one.currency !== other.currency) return 'different';
  if (contradictsAtOneInstant(one, other)) return 'different';
  return agreesOnSessions(one, other) || isContinued(one, other) || isContinued(other, one)
    ? 'likely'
    : 'different';
}

/** Two accounts with different totals at the same as-of are two. */
function contradictsAtOneInstant(one: TwinCandidate, other: TwinCandidate): boolean {
  const totals = new Map(one.values.map(({ asOf, total }) => [asOf, total]));
  return other.values.some(({ asOf, total }) => {
    const known = totals.get(asOf);
    return known !== undefined && Number(known) !== Number(total);
  });
}

/** Equal totals on three common sessions and no more unequal ones; empty accounts are all alike and prove nothing. */
function agreesOnSessions(one: TwinCandidate, other: TwinCandidate): boolean {
  const totals = new Map(one.values.map(({ date, total }) => [date, Number(total)]));
  const common = other.values.filter(({ date }) => totals.has(date));
  const equal = common.filter(({ date, total }) => totals.get(date) === Number(total) && Number(total) !== 0);
  return equal.length >= SESSIONS_OF_A_FACT && equal.length * 2 > common.length;
}

/** The later account begins where the earlier one ends, within days and at nearly the same total. */
function isContinued(earlier: TwinCandidate, later: TwinCandidate): boolean {
  const [last, first] = [earlier.values.at(-1), later.values[0]];
  if (last === undefined || first === undefined || first.date <= last.date) return false;
  if (daysBetween(last.date, first.date) > CONTINUITY_DAYS_MAX) return false;
  const factor = Number(first.total) / Number(last.total);
  return factor > 0 && Math.max(factor, 1 / factor) <= CONTINUITY_FACTOR_MAX;
}

function newestAbout(
  one: TwinCandidate,
  other: TwinCandidate,
  decisions: readonly MatchDecision[],
): boolean | null {
  const about = decisions
    .filter(({ accountIds }) => accountIds.includes(one.accountId) && accountIds.includes(other.accountId))
    .toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return about.at(-1)?.isSame ?? null;
}
