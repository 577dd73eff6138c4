import type { BackfillState } from '@/lib/backfill/document';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** Who or what had the worker run. */
export const RUN_TRIGGERS = ['cron', 'api_key', 'user', 'look', 'webhook', 'backfill'] as const;
export type RunTrigger = (typeof RUN_TRIGGERS)[number];

/** How a run ended by itself: `continues` stopped at its time limit with work left for the next one. */
export type RunStatus = 'complete' | 'continues' | 'failed';

/** A run as operators see it: it may still be at work, or its process may have died (`abandoned`). */
export const RUN_STATES = ['running', 'complete', 'continues', 'failed', 'abandoned'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** One execution of the worker as the record has it. */
export interface Run {
  readonly id: string;
  readonly trigger: RunTrigger;
  readonly status: RunState;
  /** The latest trading day that was due when the run began. */
  readonly tradingDay: TradingDate;
  /** Who asked, by e-mail address where it is known; null when nobody did. */
  readonly requestedBy: string | null;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly aliveAt: Instant;
  /** How many calls it stands for: those that found nothing are counted in the newest of them. */
  readonly calls: number;
  /** The counts of the run by name, empty while it is at work. */
  readonly counts: Readonly<Record<string, number>>;
  /** Account days that stayed missing, by reason. */
  readonly reasons: Readonly<Record<string, number>>;
  /** The backfill that it worked for. */
  readonly backfillId: string | null;
  /** The request that caused it, as in the logs. */
  readonly requestId: string | null;
}

/** Whether a run ended without doing what it was there for. */
export function isFailedRun({ status }: Pick<Run, 'status'>): boolean {
  return status === 'failed' || status === 'abandoned';
}

/** What an administrator can do; `reopen_days` is a backfill that asks again for days that had been given up. */
export const AUDIT_ACTIONS = [
  'accept_held',
  'take_back_verdict',
  'reject_held',
  'open_backfill',
  'reopen_days',
  'cancel_backfill',
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** One action of an administrator, with what has come of it until now. */
export interface AuditEntry {
  readonly id: number;
  readonly actorId: string;
  /** By e-mail address; null when the administrator is gone. */
  readonly actor: string | null;
  readonly action: AuditAction;
  readonly reason: string | null;
  readonly at: Instant;
  readonly backfill: {
    readonly id: string;
    readonly status: BackfillState;
    readonly accountDays: number;
    readonly filledDays: number;
  } | null;
  readonly held: {
    readonly userId: string;
    readonly email: string | null;
    readonly account: string;
    readonly date: TradingDate;
    readonly verdict: 'accepted' | 'held' | 'rejected';
  } | null;
}
