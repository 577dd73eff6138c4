import type { VerdictCode } from './observation';

/**
 * Why an expected day has no value: a closed list, the same in tables, routes and on screen. `rate_missing` is seen when the
 * history is read, of days on which every account has its value, and is the one reason that is never stored.
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
  'rate_missing',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];

/** How a verdict on an answer is told to the user whose day stays missing because of it. */
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
};

export function gapReasonOf(verdict: VerdictCode): GapReason {
  return REASON_OF_VERDICT[verdict];
}
