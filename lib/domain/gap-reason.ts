/** Why an expected day has no value: a closed list, the same in tables, routes and on screen. */
export const GAP_REASONS = [
  'not_yet_due',
  'connection_broken',
  'provider_cannot',
  'provider_had_nothing',
  'held',
  'rate_limited',
  'unavailable',
  'gave_up',
] as const;
export type GapReason = (typeof GAP_REASONS)[number];
