import type { ClaimedConnection, FillRecord, WorkScope } from '@/lib/db/fill';
import type { CalendarExcerpt } from '@/lib/domain/nyse-calendar';
import type { RunStatus, RunTrigger } from '@/lib/domain/run';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { RunCounts } from './tally';

/** The database functions of the worker, as `lib/db` provides them. */
export interface FillStore {
  openRun(
    run: {
      id: string;
      trigger: RunTrigger;
      tradingDay: TradingDate;
      requestedBy: string | null;
      requestId: string | null;
    },
    now: Date,
  ): Promise<number>;
  /** Brings the database's trading days in line with the calendar; returns how many changed. */
  syncTradingDays(calendar: CalendarExcerpt, now: Date): Promise<number>;
  /** Concludes days whose evidence is there but whose snapshot is not; returns how many. */
  publishMissing(scope: WorkScope, now: Date): Promise<number>;
  markDue(scope: WorkScope, now: Date): Promise<number>;
  claim(
    scope: WorkScope,
    lease: { worker: string; limit: number; seconds: number },
    now: Date,
  ): Promise<readonly ClaimedConnection[]>;
  /** Prolongs the leases of a worker that is at work. */
  renew(worker: string, seconds: number, now: Date): Promise<void>;
  /** Gives back what a worker holds and did not ask; it keeps its place in the line. */
  release(worker: string): Promise<number>;
  /** How many connections wait for their turn. */
  countWaiting(userId: string | null, now: Date): Promise<number>;
  record(
    connectionId: string,
    worker: string,
    fill: FillRecord,
    now: Date,
  ): Promise<{ observations: number; published: number }>;
  finishRun(
    run: {
      id: string;
      status: RunStatus;
      counts: Readonly<RunCounts>;
      reasons: Readonly<Record<string, number>>;
    },
    now: Date,
  ): Promise<void>;
}
