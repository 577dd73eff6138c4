import 'server-only';
import { z } from 'zod';
import { amount, currency, date, instant, type Output } from '@/lib/db/rpc';
import type { BenchmarkClose } from '@/lib/domain/benchmark';
import type { Amount } from '@/lib/domain/money';
import type { MarketState } from '@/lib/domain/nyse-calendar';
import type { ReturnFault } from '@/lib/domain/returns';
import { CORRECTION_REASONS, GAP_REASONS, KINDS } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

const count = z.number().int();

/** An account whose value on a day is carried from an earlier one. */
export const carriedAccount = z.object({
  accountId: z.uuid(),
  name: z.string(),
  /** The trading day the carried value was observed for. */
  from: date,
});

/** An account that is no part of a day's total although it existed: it was linked later and is not known for that day. */
export const leftOutAccount = carriedAccount.omit({ from: true });

/** A user's total on one trading day, with how we know it. */
const storedPoint = z.object({
  date,
  value: amount,
  kind: z.enum(KINDS),
  source: z.string(),
  /** The instant at which the oldest part of the total was true. */
  asOf: instant,
  accountsExpected: count,
  accountsPresent: count,
  carried: z.array(carriedAccount),
  leftOut: z.array(leftOutAccount),
});
export type StoredPoint = Output<typeof storedPoint>;

/** Consecutive expected trading days without a value, for one reason. */
const gap = z.object({
  from: date,
  to: date,
  /** Trading days in the range. */
  days: count,
  reason: z.enum(GAP_REASONS),
  /** True when nothing will be tried again unless somebody reopens it. */
  final: z.boolean(),
  /** When the next attempt is planned; null when none is. */
  nextAttemptAt: instant.nullable(),
  /** How often these days were asked for: the most of any day in the range. */
  attempts: count,
});
export type HistoryGap = Output<typeof gap>;

/** Net money across the border of what is shown on one date; a deposit is positive. */
const flow = z.object({ date, amount });
export type HistoryFlow = Output<typeof flow>;

/** The latest known value, which is not yet any day's history. */
const live = z.object({ value: amount, asOf: instant, source: z.string() });
export type LiveValue = Output<typeof live>;

/** A published day that changed: from what to what, when and why. */
export const correction = z.object({
  id: count,
  date,
  oldValue: amount,
  oldKind: z.enum(KINDS),
  /** Null when the day was withdrawn and has no value any more. */
  newValue: amount.nullable(),
  newKind: z.enum(KINDS).nullable(),
  reason: z.enum(CORRECTION_REASONS),
  changedAt: instant,
});
export type Correction = Output<typeof correction>;

const accountValue = z.object({ date, value: amount });

/** A real account of the user, however many links show it. */
const account = z.object({
  id: z.uuid(),
  name: z.string(),
  institution: z.string(),
  /** Null while the provider has not reported it. */
  currency: currency.nullable(),
  /** From this day on the account is no longer expected; null while it is open. */
  closedOn: date.nullable(),
  /** Since when no connection to it works; null while one does. */
  brokenSince: date.nullable(),
  /** What it was worth first and last in the range, in the user's currency; null where that is not known. */
  first: accountValue.nullable(),
  last: accountValue.nullable(),
  /** Whether it is part of what is shown. */
  isShown: z.boolean(),
});
export type HistoryAccount = Output<typeof account>;

/** What one account was worth on the days on which that is known, oldest first, in the user's currency. */
export const accountSeries = z.object({ accountId: z.uuid(), values: z.array(accountValue) });
export type AccountSeries = Output<typeof accountSeries>;

/** A linked connection as its owner may know it. */
const connection = z.object({
  id: z.uuid(),
  institution: z.string(),
  status: z.enum(['active', 'disabled', 'paused']),
  lastSuccessAt: instant.nullable(),
});
export type ConnectionStatus = Output<typeof connection>;

/** What the database knows of a user's history between two days. */
export const storedHistory = z.object({
  currency,
  /** Set when the values are not from a real brokerage: what they are instead. */
  dataNotice: z.string().nullable(),
  /** The first day on which anything that is shown is known; null when nothing is. */
  knownFrom: date.nullable(),
  from: date,
  to: date,
  points: z.array(storedPoint),
  gaps: z.array(gap),
  live: live.nullable(),
  flows: z.object({
    /** After the first point up to the last, oldest first; null when an amount cannot be converted to the user's currency. */
    external: z.array(flow).nullable(),
    /** True while the flows of the last day are not yet known. */
    provisional: z.boolean(),
    /** Neighbouring days between which something moved that nobody knows. */
    unknown: z.array(z.object({ from: date, to: date })),
  }),
  coverage: z.object({
    presentDays: count,
    missingDays: count,
    byKind: z.object({ daily_eod: count, reconstructed: count, estimated: count }),
  }),
  /** Published days of the range that changed, newest change first, at most 50. */
  corrections: z.array(correction),
  /** All of the user's accounts that count, shown or not. */
  accounts: z.array(account),
  connections: z.array(connection),
});
export type StoredHistory = Output<typeof storedHistory>;

/** A day's total, and what became of the money between the first point of the range and this one; see `toSeries`. */
export interface HistoryPoint extends StoredPoint {
  /** Time-weighted return since the first trusted point, a decimal fraction; null on estimated days and where it is not known. */
  readonly twr: Amount | null;
  /** The fall from the highest earlier point, flows taken out: a decimal fraction, zero or negative; null likewise. */
  readonly drawdown: Amount | null;
  /** The day on which the chain of returns started anew, where that is not the first trusted point. */
  readonly returnSince?: TradingDate;
  /** Net deposits after the first point, up to and including this day; null where they are not known. */
  readonly netDeposits: Amount | null;
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

/**
 * What happened between the first and the last whole day of the range. A day with an estimate in it begins and ends nothing, so
 * that every figure is of the same days; only where there are not two whole days do the amounts run between any.
 */
export interface HistorySummary {
  /** The days between which the figures run; null with fewer than two. */
  readonly from: TradingDate | null;
  readonly to: TradingDate | null;
  /** The last of those days less the first. */
  readonly valueChange: Amount | null;
  /** Value change less net deposits. */
  readonly marketChange: Amount | null;
  /** Deposits less withdrawals after the first of those days, up to the last; accounts that came into view or left count too. */
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

/** The one document that `GET /api/portfolio/history` answers and the portfolio page draws. */
export interface HistoryDocument extends Omit<StoredHistory, 'points' | 'flows' | 'coverage'> {
  /** The named period, or `custom` for `from` and `to`. */
  readonly period: string;
  readonly points: readonly HistoryPoint[];
  readonly flows: StoredHistory['flows']['external'];
  /** Since the latest closed session, oldest first; only with period 1D. */
  readonly intraday: readonly IntradayPoint[];
  /** Only when asked for and known. */
  readonly benchmark: Benchmark | null;
  /**
   * What each shown account was worth day by day: over the whole range when asked for, else over the days that wait for a
   * reconnect, on which the other accounts are known; null without such days.
   */
  readonly split: readonly AccountSeries[] | null;
  readonly market: MarketState;
  readonly summary: HistorySummary;
  /** Present over expected days of the range. */
  readonly coverage: Omit<StoredHistory['coverage'], 'missingDays'> & { readonly expectedDays: number };
}

/** How well one account is known. */
export const accountQuality = z.object({
  name: z.string(),
  institution: z.string(),
  status: z.enum(['active', 'disabled', 'paused', 'removed']),
  firstKnownOn: date,
  closedOn: date.nullable(),
  /** The newest trading day with a value that counts, and when that was read; null when there is none. */
  lastValueOn: date.nullable(),
  lastAsOf: instant.nullable(),
  /** Values that are held back and wait: nothing has confirmed or refuted them yet. */
  heldValues: count,
});
export type AccountQuality = Output<typeof accountQuality>;
