import type { Correction } from '@/lib/history/document';
import type { Amount, Currency } from './money';
import type { GapReason, HeldReason, Kind, VerdictCode } from './states';
import type { Instant, TradingDate } from './trading-date';

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
