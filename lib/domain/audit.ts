import type { BackfillState } from '@/lib/backfill/document';
import type { Instant, TradingDate } from './trading-date';

/** What an administrator can do; `reopen_days` is a backfill that asks again for days that had been given up. */
export const AUDIT_ACTIONS = [
  'accept_held',
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
