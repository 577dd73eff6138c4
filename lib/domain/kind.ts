/**
 * How a value came to be, best first. A user's day has the worst kind among its accounts.
 * - `daily_eod`: observed for that trading day, true after its close and before the next open.
 * - `reconstructed`: from the provider's own value history.
 * - `estimated`: derived, for instance with one account carried from an earlier day.
 */
export const KINDS = ['daily_eod', 'reconstructed', 'estimated'] as const;
export type Kind = (typeof KINDS)[number];
