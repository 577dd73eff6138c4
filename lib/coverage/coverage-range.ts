import { latestClosedSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { deadlineOf } from '@/lib/domain/schedule';
import { addDays, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import { SETTLE_MINUTES } from '@/lib/fill/run';

/** How far back a provider's own history can reach, in days. */
const LOOK_BACK_DAYS = 365;

/** The trading days that coverage is looked at for. */
export interface CoverageRange {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** The latest trading day that is due; the one after it is shown while it is on. */
  readonly due: TradingDate;
  /** The oldest day that a provider can still give. */
  readonly reach: TradingDate;
  /** Every trading day of the range, oldest first. */
  readonly days: readonly TradingDate[];
}

/** The range of some calendar days up to an instant. */
export function coverageRange(now: Date, days: number): CoverageRange {
  const due = latestClosedSession(now, SETTLE_MINUTES).date;
  const from = addDays(due, 1 - days);
  const instant = toInstant(now);
  const sessions = tradingSessions(from, addDays(due, 7)).filter(
    ({ date, opensAt }) => date <= due || opensAt <= instant,
  );
  return {
    from,
    to: sessions.at(-1)?.date ?? due,
    due,
    reach: addDays(due, -LOOK_BACK_DAYS),
    days: sessions.map(({ date }) => date),
  };
}

/** Whether a trading day should have been covered by now. */
export function isOverdue(day: TradingDate, deadline: string, now: Date): boolean {
  return deadlineOf(day, deadline) <= toInstant(now);
}
