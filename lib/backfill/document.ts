import { type BackfillState, GAP_REASONS, type GapReason } from '@/lib/domain/states';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { RunState } from '@/lib/operations/document';

/** Reasons of account days, which a backfill can be narrowed down to; a missing exchange rate is of no account. */
export const BACKFILL_REASONS = GAP_REASONS.filter((reason) => reason !== 'rate_missing');

/** What a backfill is about: where a part is null, it is not narrowed down. */
export interface BackfillScope {
  readonly userId: string | null;
  readonly provider: string | null;
  readonly institution: string | null;
  readonly reason: GapReason | null;
  readonly from: TradingDate;
  readonly to: TradingDate;
}

/** What a backfill would be about and cost. All days are account days: one account on one trading day. */
export interface BackfillPreview {
  /** Missing days that would be asked for. */
  readonly accountDays: number;
  /** Of those, how many had been given up for a final reason. */
  readonly reopenedDays: number;
  /** Missing days that lie beyond what providers can be asked for. */
  readonly beyondReachDays: number;
  /** Days that are there already; null when the scope is a reason, which only missing days have. */
  readonly presentDays: number | null;
  readonly users: number;
  readonly accounts: number;
  readonly connections: number;
  /** Requests to providers: one for each connection, and one for the history of each account that needs it. */
  readonly requests: number;
  readonly reasons: Readonly<Record<string, number>>;
}

/** What has come of a backfill, in account days. */
export interface BackfillCounts {
  readonly accountDays: number;
  readonly filledDays: number;
  /** Not asked for yet. */
  readonly waitingDays: number;
  /** Never asked for, because the backfill had ended. */
  readonly notAskedDays: number;
  /** Asked for in vain, by reason. */
  readonly cannot: Readonly<Record<string, number>>;
  readonly users: number;
  readonly accounts: number;
  readonly connections: number;
  readonly askedConnections: number;
}

/** A backfill that an administrator asked for. */
export interface Backfill {
  readonly id: string;
  readonly status: BackfillState;
  readonly scope: BackfillScope & { readonly email: string | null };
  /** Who asked, by e-mail address where it is known. */
  readonly requestedBy: string;
  readonly openedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly presentDays: number | null;
  readonly reopenedDays: number;
  readonly beyondReachDays: number;
  readonly counts: BackfillCounts;
  /** Requests made to providers by its finished runs. */
  readonly requests: number;
}

export interface BackfillRun {
  readonly id: string;
  readonly status: RunState;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly requests: number;
}

/** What came of a day that was missing when the backfill was opened. */
export const BACKFILL_OUTCOMES = ['filled', 'cannot', 'waiting', 'not_asked'] as const;
export type BackfillOutcome = (typeof BACKFILL_OUTCOMES)[number];

/** Consecutive trading days of one account with one outcome. */
export interface BackfillRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly days: number;
  readonly outcome: BackfillOutcome;
  /** Why it cannot be had; null for other outcomes. */
  readonly reason: GapReason | null;
  /** Nothing more can be done as things are. */
  readonly final: boolean;
  readonly nextAttemptAt: Instant | null;
}

/** What a backfill brought for one account. */
export interface BackfillAccount {
  readonly accountId: string;
  readonly account: string;
  readonly institution: string;
  readonly userId: string;
  readonly email: string | null;
  readonly ranges: readonly BackfillRange[];
}

/** One backfill as its page and its route tell it. */
export interface BackfillDocument extends Backfill {
  /** Newest first. */
  readonly runs: readonly BackfillRun[];
  readonly accounts: readonly BackfillAccount[];
  /** The last account of this page, when there may be more. */
  readonly next: string | null;
}

/** Whether workers still go on with a backfill. */
export function isActive({ status }: Pick<Backfill, 'status'>): boolean {
  return status === 'open' || status === 'running';
}

/** How many account days were asked for in vain. */
export function countCannot({ cannot }: Pick<BackfillCounts, 'cannot'>): number {
  return Object.values(cannot).reduce((sum, days) => sum + days, 0);
}

/** How long requests take at a number of them a minute, in whole minutes; 0 for none. */
export function minutesAtLimit(requests: number, perMinute: number): number {
  return Math.ceil(requests / perMinute);
}
