import type { Amount, Currency } from './money';
import type { Instant, TradingDate } from './trading-date';

/**
 * How a value came to be, best first. A user's day has the worst kind among its accounts.
 * - `daily_eod`: observed for that trading day, true after its close and before the next open.
 * - `reconstructed`: from the provider's own value history.
 * - `estimated`: derived, for instance with one account carried from an earlier day.
 */
export const KINDS = ['daily_eod', 'reconstructed', 'estimated'] as const;
export type Kind = (typeof KINDS)[number];

/** Why an observation is stored but not counted until something confirms it. */
export const HELD_REASONS = [
  'unexplained_zero',
  'unexplained_swing',
  'mostly_zeros',
  'disagrees_with_total',
  'wrong_currency',
  'unknown_currency',
  'not_funded_yet',
  'incoherent',
  'as_of_conflict',
  'rejected',
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

/** Every fault of an answer: the closed list of verdicts, which administrators see. */
export type VerdictCode = NoValueReason | HeldReason;

/** What a provider reported one account to be worth on one trading day, with our verdict on it. */
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

/**
 * Why an expected day has no value: a closed list, the same in tables, routes and on screen. Two are never stored, but seen when the
 * history is read: `rate_missing`, of days on which every account has its value, and `source_off`, while a source is switched off.
 */
export const GAP_REASONS = [
  'not_yet_due',
  'connection_broken',
  'provider_cannot',
  'provider_had_nothing',
  'held',
  'rate_limited',
  'unavailable',
  'gave_up',
  'source_off',
  'rate_missing',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** How a verdict on an answer is shown to the user whose day stays missing because of it. */
const REASON_OF_VERDICT: Readonly<Record<VerdictCode, GapReason>> = {
  left_out: 'provider_had_nothing',
  // Never seen, since no day is expected of what is no asset.
  not_an_asset: 'provider_cannot',
  total_missing: 'not_yet_due',
  not_fresh: 'not_yet_due',
  mid_session: 'not_yet_due',
  too_late: 'not_yet_due',
  broken_repeat: 'connection_broken',
  unexplained_zero: 'held',
  unexplained_swing: 'held',
  mostly_zeros: 'held',
  disagrees_with_total: 'held',
  wrong_currency: 'held',
  unknown_currency: 'held',
  not_funded_yet: 'held',
  incoherent: 'held',
  as_of_conflict: 'held',
  rejected: 'held',
};

export function gapReasonOf(verdict: VerdictCode): GapReason {
  return REASON_OF_VERDICT[verdict];
}

/**
 * Why a published day changed: a closed list, the same in the database, in routes and on screen. The first five follow from
 * what the evidence shows; the others name the act behind a change.
 */
export const CORRECTION_REASONS = [
  'withdrawn',
  'accounts changed',
  'completed',
  'better observation',
  'restated',
  'confirmed as one account',
  'separated as different accounts',
  'connection unlinked',
  'accepted by an administrator',
  'import undone',
  'estimates switched off',
  'republished',
] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];

/** Who or what had the worker run. */
export const RUN_TRIGGERS = ['cron', 'api_key', 'user', 'page_view', 'webhook', 'backfill'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** How a run ended by itself: `continues` stopped at its time limit with work left for the next one. */
export type RunStatus = 'complete' | 'continues' | 'failed';

/** A run as operators see it: it may still be at work, or its process may have died (`abandoned`). */
export const RUN_STATES = ['running', 'complete', 'continues', 'failed', 'abandoned'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Whether a run ended without doing what it was there for. */
export function isFailedRun({ status }: { readonly status: RunState }): boolean {
  return status === 'failed' || status === 'abandoned';
}

/** What administrators do, and owners about a movement; `reopen_days` is a backfill that asks again for days that had been given up. */
export const AUDIT_ACTIONS = [
  'accept_held',
  'take_back_verdict',
  'end_account',
  'take_back_end',
  'reject_held',
  'classify_movement',
  'take_back_movement',
  'classify_account',
  'take_back_account',
  'allow_estimates',
  'take_back_estimates',
  'open_backfill',
  'reopen_days',
  'cancel_backfill',
  'remind_owners',
  'view_user',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What an operator can do with an item of the inbox: take it on or back, put it off or not, and be done with it. */
export const INBOX_ACTIONS = ['assign', 'release', 'snooze', 'wake', 'done'] as const;
export type InboxAction = (typeof INBOX_ACTIONS)[number];

/** For how many hours an item can be put off. */
export const SNOOZE_HOURS = [1, 24, 168] as const;

/** The kinds of e-mail that a user gets, each of which they may not want. */
export const MESSAGE_TOPICS = ['connection_broken', 'connection_healed', 'question'] as const;
export type MessageTopic = (typeof MESSAGE_TOPICS)[number];

/**
 * Reasons of account days, which a backfill can be limited to: a missing exchange rate is of no account, and nobody is asked whose
 * source is switched off.
 */
export const BACKFILL_REASONS = GAP_REASONS.filter(
  (reason) => reason !== 'rate_missing' && reason !== 'source_off',
);

export const BACKFILL_STATES = ['open', 'running', 'done', 'cancelled', 'failed'] as const;
export type BackfillState = (typeof BACKFILL_STATES)[number];

/** Whether workers still go on with a backfill. */
export function isActiveBackfill({ status }: { readonly status: BackfillState }): boolean {
  return status === 'open' || status === 'running';
}

/** What came of a day that was missing when the backfill was opened. */
export const BACKFILL_OUTCOMES = ['filled', 'cannot', 'waiting', 'not_asked'] as const;
export type BackfillOutcome = (typeof BACKFILL_OUTCOMES)[number];

/** The sources that the product can read; which of them are offered is the operator's choice. */
export const PROVIDER_IDS = ['snaptrade', 'plaid', 'alpaca'] as const;
export type ProviderId = (typeof PROVIDER_IDS)[number];

/** What of a history is drawn and tabled: its value, or what follows from it with deposits taken into account. */
export const MEASURES = ['value', 'return', 'deposits', 'drawdown'] as const;

export type Measure = (typeof MEASURES)[number];

/** True when the text names a measure, in exactly this spelling. */
export function isMeasure(text: string): text is Measure {
  return MEASURES.some((measure) => measure === text);
}
