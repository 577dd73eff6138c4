import type { Amount, Currency } from '@/lib/domain/money';
import {
  GAP_REASONS,
  type GapReason,
  type HeldReason,
  KINDS,
  type Kind,
  type VerdictCode,
} from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { Correction } from '@/lib/history/document';

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

/** Every state: kinds best first, then reasons, then days on which nothing is expected. */
export const COVERAGE_STATES: readonly DayState[] = [
  ...KINDS,
  ...GAP_REASONS,
  'not_due',
  'before_link',
  'no_account',
];

const STATES: ReadonlyMap<string, DayState> = new Map(
  COVERAGE_STATES.map((state) => [DAY_CODES[state], state]),
);

/** The state that a character of a row stands for; throws `RangeError` on a character that stands for none. */
export function readDay(code: string): DayState {
  const state = STATES.get(code);
  if (state === undefined) throw new RangeError(`no state of a day: ${JSON.stringify(code)}`);
  return state;
}

/** One user's row of the grid. */
export interface CoverageRow {
  readonly userId: string;
  readonly email: string;
  /** Due days of the range on which a value is expected, and how many of those have none. */
  readonly expected: number;
  readonly missing: number;
  readonly estimated: number;
  /** One character of `DAY_CODES` for each trading day of the range, oldest first. */
  readonly days: string;
}

/** How rows are ordered: most missing days first, or by e-mail address. */
export const COVERAGE_SORTS = ['worst', 'email'] as const;
export type CoverageSort = (typeof COVERAGE_SORTS)[number];

/** The spans that the grid offers, in calendar days up to the latest due one. */
export const COVERAGE_SPANS = [30, 90, 182, 365] as const;

/** Which users the grid shows: null lets everybody in. */
export interface CoverageFilter {
  readonly reason: GapReason | null;
  readonly provider: string | null;
  readonly institution: string | null;
  /** A part of an e-mail address, or a whole user id. */
  readonly search: string | null;
}

/** What open account gaps have in common: a reason, a provider, or an institution at a provider. */
export interface GapGroup {
  readonly by: 'reason' | 'provider' | 'institution';
  readonly reason: GapReason | null;
  readonly provider: string | null;
  readonly institution: string | null;
  /** Account days, and how many of them have a final reason. */
  readonly days: number;
  readonly finalDays: number;
  readonly users: number;
}

/** How many users one trading day is expected of, and for how many it is there, by kind. */
export interface TrendDay {
  readonly date: TradingDate;
  readonly expected: number;
  readonly captured: number;
  readonly reconstructed: number;
  readonly estimated: number;
}

type ConnectionState = 'active' | 'disabled' | 'removed';

/** One user as operators see them. */
export interface CoverageUser {
  readonly userId: string;
  readonly email: string;
  readonly connections: readonly CoverageConnection[];
  /** Held values, those that nothing has settled first. */
  readonly held: readonly CoverageHeldValue[];
}

export interface CoverageConnection {
  readonly id: string;
  readonly provider: string;
  readonly institution: string;
  readonly status: ConnectionState;
  readonly disabledSince: Instant | null;
  readonly lastSuccessAt: Instant | null;
  readonly lastErrorCode: string | null;
  /** Failures in a row. */
  readonly attempts: number;
  readonly dueAt: Instant | null;
  readonly retryAt: Instant | null;
  readonly historyCapability: string | null;
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly currency: Currency | null;
    /** Whether it is an asset, and so is expected to have a value. */
    readonly isCounted: boolean;
    readonly firstKnownOn: TradingDate;
    readonly closedOn: TradingDate | null;
    readonly lastValueOn: TradingDate | null;
    readonly lastAsOf: Instant | null;
  }[];
}

export interface CoverageHeldValue {
  readonly id: number;
  readonly account: string;
  readonly institution: string;
  readonly date: TradingDate;
  readonly total: Amount | null;
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly asOf: Instant;
  readonly reason: HeldReason;
  /** The standing value before it. */
  readonly last: { readonly date: TradingDate; readonly total: Amount } | null;
  /** The later ordinary value by which nobody need judge it any more. */
  readonly refutedBy: { readonly date: TradingDate; readonly total: Amount } | null;
}

/** Everything that is known of one user's trading day. */
export interface CoverageDay {
  readonly userId: string;
  readonly email: string;
  readonly accounts: readonly {
    readonly id: string;
    readonly name: string;
    readonly institution: string;
    readonly provider: string;
    readonly status: ConnectionState;
    readonly isExpected: boolean;
    /** What asking in vain said last; a day that was filled later keeps it. */
    readonly outcome: DayOutcome | null;
    /** All that was ever observed of the day, newest first. */
    readonly observations: readonly DayObservation[];
  }[];
  /** Every kind of snapshot that was ever concluded; the standing one first. */
  readonly snapshots: readonly DaySnapshot[];
  readonly corrections: readonly Correction[];
}

export interface DayOutcome {
  readonly reason: GapReason;
  /** The precise verdict on the answer; null when there was none. */
  readonly detail: VerdictCode | null;
  readonly final: boolean;
  readonly attempts: number;
  readonly lastAttemptAt: Instant;
  readonly nextAttemptAt: Instant | null;
}

export interface DayObservation {
  readonly id: number;
  readonly total: Amount | null;
  readonly cash: Amount | null;
  readonly costBasis: Amount | null;
  readonly currency: Currency | null;
  readonly kind: Kind;
  readonly source: string;
  readonly asOf: Instant;
  readonly observedAt: Instant;
  readonly runId: string | null;
  readonly verdict: 'accepted' | 'held' | 'rejected';
  readonly reason: string | null;
  readonly supersededBy: number | null;
}

export interface DaySnapshot {
  readonly value: Amount;
  readonly currency: Currency;
  readonly kind: Kind;
  readonly source: string;
  readonly asOf: Instant;
  readonly accountsExpected: number;
  readonly accountsPresent: number;
  readonly carried: readonly {
    readonly accountId: string;
    readonly name: string;
    readonly from: TradingDate;
  }[];
  readonly standing: boolean;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
}
