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
