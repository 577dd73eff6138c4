import type { Kind } from './kind';
import type { Amount, Currency } from './money';
import type { Instant, TradingDate } from './trading-date';

/** Why an observation is stored but not counted until something confirms it. */
export const HELD_REASONS = [
  'unexplained_zero',
  'unexplained_swing',
  'mostly_zeros',
  'disagrees_with_total',
  'wrong_currency',
  'unknown_currency',
] as const;
export type HeldReason = (typeof HELD_REASONS)[number];

/** Why an answer holds no value of the day that is due, so that nothing is stored for that day. */
export const NO_VALUE_REASONS = [
  'left_out',
  'not_an_asset',
  'total_missing',
  'not_fresh',
  'mid_session',
  'too_late',
  'broken_repeat',
] as const;
export type NoValueReason = (typeof NO_VALUE_REASONS)[number];

/** All that can be said against an answer: the closed list of verdicts, which administrators see. */
export type VerdictCode = NoValueReason | HeldReason;

/** What a provider said one account was worth on one trading day, with our verdict on it. */
export interface Observation {
  readonly date: TradingDate;
  readonly total: Amount;
  /** The part of the total that is cash; null when not known. */
  readonly cash: Amount | null;
  /** What the total cost, cash being its own cost; null when not known. */
  readonly costBasis: Amount | null;
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly asOf: Instant;
  readonly verdict: Verdict;
}

export type Verdict = { readonly accepted: true } | { readonly accepted: false; readonly reason: HeldReason };

export const ACCEPTED: Verdict = { accepted: true };
