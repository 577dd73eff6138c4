import type { BenchmarkClose } from '@/lib/domain/benchmark';
import type { Amount, Currency } from '@/lib/domain/money';
import type { MarketState } from '@/lib/domain/nyse-calendar';
import type { ReturnFault } from '@/lib/domain/returns';
import type { GapReason, Kind } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** An account whose value on a day is carried from an earlier one. */
interface CarriedAccount {
  readonly accountId: string;
  readonly name: string;
  /** The trading day the carried value was observed for. */
  readonly from: TradingDate;
}

/** A user's total on one trading day, with how we know it. */
export interface StoredPoint {
  readonly date: TradingDate;
  readonly value: Amount;
  readonly kind: Kind;
  readonly source: string;
  /** The instant at which the oldest part of the total was true. */
  readonly asOf: Instant;
  readonly accountsExpected: number;
  readonly accountsPresent: number;
  readonly carried: readonly CarriedAccount[];
}

/** A day's total, and what became of the money between the first point of the range and this one; see `series.ts`. */
export interface HistoryPoint extends StoredPoint {
  /** Time-weighted return since the first trusted point, a decimal fraction; null on estimated days and where it cannot be told. */
  readonly twr: Amount | null;
  /** The fall from the highest earlier point, flows taken out: a decimal fraction, zero or negative; null likewise. */
  readonly drawdown: Amount | null;
  /** The day on which the chain of returns started anew, where that is not the first trusted point. */
  readonly returnSince?: TradingDate;
  /** Net deposits after the first point, up to and including this day; null where they are not known. */
  readonly netDeposits: Amount | null;
}

/** Consecutive expected trading days without a value, for one reason. */
export interface HistoryGap {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** Trading days in the range. */
  readonly days: number;
  readonly reason: GapReason;
  /** True when nothing will be tried again unless somebody reopens it. */
  readonly final: boolean;
  /** When the next attempt is planned; null when none is. */
  readonly nextAttemptAt: Instant | null;
  /** How often these days were asked for: the most of any day in the range. */
  readonly attempts: number;
}

/** Net money across the border of what is shown on one date; a deposit is positive. */
export interface HistoryFlow {
  readonly date: TradingDate;
  readonly amount: Amount;
}

/** A real account of the user, however many links show it. */
export interface HistoryAccount {
  readonly id: string;
  readonly name: string;
  readonly institution: string;
  /** Null while the provider has not said it. */
  readonly currency: Currency | null;
  /** From this day on the account is no longer expected; null while it is open. */
  readonly closedOn: TradingDate | null;
  /** Whether it is part of what is shown. */
  readonly isShown: boolean;
}

/** The total at one instant of the session that runs or ran last: not any day's history. */
export interface IntradayPoint {
  readonly at: Instant;
  readonly value: Amount;
}

/** A market index to compare with, by its daily closes. */
export interface Benchmark {
  readonly name: string;
  /** Where the closes come from, in words for the screen. */
  readonly source: string;
  readonly points: readonly BenchmarkClose[];
}

/** The latest known value, which is not yet any day's history. */
export interface LiveValue {
  readonly value: Amount;
  readonly asOf: Instant;
  readonly source: string;
}

/** What happened to the value between the first and the last point of the range. */
export interface HistorySummary {
  /** Last point less first point; null with fewer than two points. */
  readonly valueChange: Amount | null;
  /** Value change less net deposits. */
  readonly marketChange: Amount | null;
  /** Deposits less withdrawals after the first point, up to the last; accounts that came into view or left count too. */
  readonly netDeposits: Amount | null;
  /** Time-weighted return as a decimal fraction over the range, not annualised; see `returns.ts`. */
  readonly twr: Amount | null;
  /** Money-weighted return likewise. */
  readonly mwr: Amount | null;
  /** The deepest fall from an earlier peak as a decimal fraction, zero or negative. */
  readonly maxDrawdown: Amount | null;
  /** From when on return and drawdown run where that is not the first point: before that day there was nothing to grow from. */
  readonly returnSince?: TradingDate;
  /** True while the flows of the last day are not yet known. */
  readonly provisional: boolean;
  /** Why a figure is null. */
  readonly notAvailable: Readonly<Partial<Record<SummaryFigure, ReturnFault>>>;
}

export type SummaryFigure = 'valueChange' | 'marketChange' | 'netDeposits' | 'twr' | 'mwr' | 'maxDrawdown';

/** Present over expected days of the range. */
export interface HistoryCoverage {
  readonly expectedDays: number;
  readonly presentDays: number;
  readonly byKind: Readonly<Record<Kind, number>>;
}

/** A linked connection as its owner may know it. */
export interface ConnectionStatus {
  readonly id: string;
  readonly institution: string;
  readonly status: 'active' | 'disabled';
  readonly lastSuccessAt: Instant | null;
}

/** The one document that `GET /api/portfolio/history` answers and the portfolio page draws. */
export interface HistoryDocument {
  /** The named period, or `custom` for `from` and `to`. */
  readonly period: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly currency: Currency;
  readonly points: readonly HistoryPoint[];
  readonly gaps: readonly HistoryGap[];
  /** After the first point up to the last, oldest first; null when an amount cannot be told in the user's currency. */
  readonly flows: readonly HistoryFlow[] | null;
  /** Published days of the range that changed, newest change first, at most 50. */
  readonly corrections: readonly Correction[];
  /** All of the user's accounts that count, shown or not. */
  readonly accounts: readonly HistoryAccount[];
  /** Since the latest closed session, oldest first; only with period 1D. */
  readonly intraday: readonly IntradayPoint[];
  /** Only when asked for and known. */
  readonly benchmark: Benchmark | null;
  readonly market: MarketState;
  readonly live: LiveValue | null;
  readonly summary: HistorySummary;
  readonly coverage: HistoryCoverage;
  readonly connections: readonly ConnectionStatus[];
  /** Set when the values are not from a real brokerage: what they are instead. */
  readonly dataNotice: string | null;
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
  'republished',
] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];

/** A published day that changed: from what to what, when and why. */
export interface Correction {
  readonly id: number;
  readonly date: TradingDate;
  readonly oldValue: Amount;
  readonly oldKind: Kind;
  /** Null when the day was withdrawn and has no value any more. */
  readonly newValue: Amount | null;
  readonly newKind: Kind | null;
  readonly reason: CorrectionReason;
  readonly changedAt: Instant;
}

/** How well one account is known. */
export interface AccountTrust {
  readonly name: string;
  readonly institution: string;
  readonly status: 'active' | 'disabled' | 'removed';
  readonly firstKnownOn: TradingDate;
  readonly closedOn: TradingDate | null;
  /** The newest trading day with a value that counts, and when that was read; null when there is none. */
  readonly lastValueOn: TradingDate | null;
  readonly lastAsOf: Instant | null;
  /** Values that are held back and wait: nothing has confirmed or refuted them yet. */
  readonly heldValues: number;
}
