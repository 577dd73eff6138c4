import type { Amount } from './money';
import type { TradingSession } from './nyse-calendar';
import type { Category } from './reconcile/evidence';
import type { NoValueReason } from './states';
import type { Instant, TradingDate } from './trading-date';

/** What a provider answers of one account, as far as it decides whether there is a value in it. */
export interface Answer {
  /** Null where nobody knows the word for it. */
  readonly category: Category | null;
  readonly isPaper: boolean;
  readonly total: Amount | null;
  /** When the broker was last read for the total; null when it never was. */
  readonly asOf: Instant | null;
}

/** The day that a value is wanted for, and how the connection is that was asked. */
export interface AnswerContext {
  readonly due: TradingSession;
  /** When the session after `due` opens, which ends the time in which a reading tells that close. */
  readonly nextOpensAt: Instant;
  readonly isConnectionBroken: boolean;
}

/**
 * Whether an answer (null when the account was left out of it) holds a value of the day that is due; null when it does. Its
 * as-of alone decides: a broken connection repeats its last state for ever, and what it read before it broke stays true.
 */
export function judgeAnswer(
  answer: Answer | null,
  { due, nextOpensAt, isConnectionBroken }: AnswerContext,
): NoValueReason | null {
  if (answer === null) return 'left_out';
  if (!isAsset(answer)) return 'not_an_asset';
  if (answer.total === null) return 'total_missing';
  const { asOf } = answer;
  if (asOf !== null && asOf >= nextOpensAt) return 'too_late';
  if (asOf !== null && asOf >= due.closesAt) return null;
  if (isConnectionBroken) return 'broken_repeat';
  return asOf !== null && asOf >= due.opensAt ? 'mid_session' : 'not_fresh';
}

/** A credit line is a debt and a paper account is play: neither is worth anything in a portfolio. */
export function isAsset({ category, isPaper }: Pick<Answer, 'category' | 'isPaper'>): boolean {
  return category !== null && category !== 'credit' && !isPaper;
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
