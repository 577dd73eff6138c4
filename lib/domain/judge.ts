import { type Amount, type Currency, Exact, isZero } from './money';
import type { TradingSession } from './nyse-calendar';
import { ACCEPTED, type HeldReason, type Verdict } from './states';
import type { Instant, TradingDate } from './trading-date';

/** What is known of an account when an answer about it is judged. */
export interface JudgingContext {
  readonly accountCurrency: Currency | null;
  /** The newest standing observation; null for an account that never had one. */
  readonly last: { readonly date: TradingDate; readonly total: Amount } | null;
  /** Deposits less withdrawals after `last`; null when they are not known. */
  readonly flowsSinceLast: Amount | null;
}

/** From where on an answer needs an explanation; an operator may set other bounds. */
export interface JudgingRules {
  /**
   * How far a total may move between two looks, as a factor either way. Indices do not triple within days; a misplaced
   * decimal point, a doubled account or a forgotten one does more than that.
   */
  readonly swingFactorMax: number;
  /** The share of zeros up to which a history is believed: some brokers answer 181 zeros and one wrong number. */
  readonly zeroShareMax: number;
}

export const DEFAULT_RULES: JudgingRules = { swingFactorMax: 3, zeroShareMax: 0.9 };

/** What a withdrawal may leave behind, as a share of the former total, for a zero to count as explained. */
const ZERO_REST_SHARE_MAX = 0.05;

/**
 * Whether a total can be believed. A zero passes when it was zero before or withdrawals explain it, a swing when flows
 * explain it, a negative total (margin) like any other.
 */
export function judgeTotal(
  total: Amount,
  currency: Currency | null,
  context: JudgingContext,
  rules: JudgingRules = DEFAULT_RULES,
): Verdict {
  const { accountCurrency, last, flowsSinceLast } = context;
  const doubt = judgeCurrency(currency, accountCurrency);
  if (doubt !== null) return held(doubt);
  if (last === null) return ACCEPTED;
  const before = Number(last.total);
  const expected = before + Number(flowsSinceLast ?? '0');
  if (isZero(total)) {
    return Math.abs(expected) <= Math.abs(before) * ZERO_REST_SHARE_MAX ? ACCEPTED : held('unexplained_zero');
  }
  return isSwing(Number(total), expected, rules) && isSwing(Number(total), before, rules)
    ? held('unexplained_swing')
    : ACCEPTED;
}

/**
 * Whether a later total is ordinary beside one that was held for its swing, so that both tell of the same account. A zero
 * is ordinary beside nothing, since a fault repeats itself as easily as an emptied account.
 */
export function isBesideHeld(held: Amount, later: Amount, rules: JudgingRules = DEFAULT_RULES): boolean {
  return !isZero(held) && !isZero(later) && !isSwing(Number(later), Number(held), rules);
}

/**
 * Whether a later total confirms one that was held for its swing: it is ordinary beside it and moved since. The same total
 * to the cent is the same fault told once more as easily as an account that stood still.
 */
export function confirmsHeld(held: Amount, later: Amount, rules: JudgingRules = DEFAULT_RULES): boolean {
  return isBesideHeld(held, later, rules) && toCents(held) !== toCents(later);
}

/**
 * Whether a provider's history as a whole can be believed beside the account's present total (null when not known).
 * `values` are oldest first.
 */
export function judgeHistory(
  values: readonly { readonly total: Amount }[],
  present: Amount | null,
  rules: JudgingRules = DEFAULT_RULES,
): Verdict {
  const newest = values.at(-1);
  if (newest === undefined || present === null || isZero(present)) return ACCEPTED;
  const zeros = values.filter((value) => isZero(value.total)).length;
  if (zeros / values.length > rules.zeroShareMax) return held('mostly_zeros');
  if (isZero(newest.total) || isSwing(Number(newest.total), Number(present), rules))
    return held('disagrees_with_total');
  return ACCEPTED;
}

/** The verdict on one value of a believable history: a lone zero between other values is a fault of the record. */
export function judgeHistoryValue(
  values: readonly { readonly total: Amount }[],
  index: number,
  currency: Currency | null,
  accountCurrency: Currency | null,
): Verdict {
  const doubt = judgeCurrency(currency, accountCurrency);
  if (doubt !== null) return held(doubt);
  const isFunded = (value: { readonly total: Amount }): boolean => !isZero(value.total);
  const value = values[index];
  const isLoneZero =
    value !== undefined &&
    !isFunded(value) &&
    values.slice(0, index).some(isFunded) &&
    values.slice(index + 1).some(isFunded);
  return isLoneZero ? held('unexplained_zero') : ACCEPTED;
}

/**
 * The trading day whose close a value describes: its as-of lies after that close and before the next open. Null for a
 * value that was read while the market was open and so belongs to no close. `next` is the session after `closed`, the
 * newest session that had closed at the as-of.
 */
export function sessionOfValue(
  asOf: Instant,
  closed: TradingSession,
  next: TradingSession,
): TradingDate | null {
  return asOf >= closed.closesAt && asOf < next.opensAt ? closed.date : null;
}

function judgeCurrency(currency: Currency | null, accountCurrency: Currency | null): HeldReason | null {
  if (currency === null) return 'unknown_currency';
  return accountCurrency !== null && currency !== accountCurrency ? 'wrong_currency' : null;
}

function toCents(total: Amount): string {
  return new Exact(total).toFixed(2);
}

/** Whether two totals lie further apart than the allowed factor, or on different sides of zero. */
function isSwing(total: number, expected: number, { swingFactorMax }: JudgingRules): boolean {
  if (expected === 0) return false;
  const factor = total / expected;
  return factor > swingFactorMax || factor < 1 / swingFactorMax;
}

function held(reason: HeldReason): Verdict {
  return { accepted: false, reason };
}
