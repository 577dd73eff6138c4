import type { GapReason } from './gap-reason';
import type { Kind } from './kind';
import type { Amount, Currency } from './money';
import type { ReturnFault } from './returns';
import type { Instant, TradingDate } from './trading-date';

/** An account whose value on a day is carried from an earlier one. */
export interface CarriedAccount {
  readonly accountId: string;
  readonly name: string;
  /** The trading day the carried value was observed for. */
  readonly from: TradingDate;
}

/** A user's total on one trading day, with how we know it. */
export interface HistoryPoint {
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
  readonly live: LiveValue | null;
  readonly summary: HistorySummary;
  readonly coverage: HistoryCoverage;
  readonly connections: readonly ConnectionStatus[];
  /** Set when the values are not from a real brokerage: what they are instead. */
  readonly dataNotice: string | null;
}
