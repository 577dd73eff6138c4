import type { GapReason } from './gap-reason';
import type { Kind } from './kind';
import type { TradingDate } from './trading-date';

/**
 * What one user's trading day is: the kind of its snapshot, why it has none, or why none is expected.
 * - `not_due`: not closed long enough to be asked for.
 * - `before_link`: before the first account was known.
 * - `no_account`: every account of the user was closed or unlinked.
 */
export type DayState = Kind | GapReason | 'not_due' | 'before_link' | 'no_account';

/** One character for each state, by which a user's row of days is one short text. The database writes the same ones. */
export const DAY_CODES: Readonly<Record<DayState, string>> = {
  daily_eod: 'c',
  reconstructed: 'r',
  estimated: 'e',
  held: 'h',
  not_yet_due: 'w',
  connection_broken: 'b',
  provider_cannot: 'x',
  provider_had_nothing: 'n',
  rate_limited: 'l',
  unavailable: 'u',
  gave_up: 'g',
  rate_missing: 'm',
  not_due: '-',
  before_link: '.',
  no_account: '_',
};

/** One brokerage, or a whole provider, that fails for many users at once: one cause, one row, one thing to do about it. */
export interface Incident {
  /** The same for the same incident as long as it lasts: provider, institution and reason. */
  readonly key: string;
  readonly provider: string;
  /** Null when the provider fails for all its brokerages. */
  readonly institution: string | null;
  readonly reason: GapReason;
  readonly users: number;
  readonly connections: number;
  /** The first trading day on which it was so. */
  readonly since: TradingDate;
}
