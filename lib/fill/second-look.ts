import { nextSession, type TradingSession } from '@/lib/domain/nyse-calendar';
import { secondLookSince } from '@/lib/domain/schedule';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** Makes connections due once more whose `tradingDay` was captured before `since`; returns how many. */
export type MarkSecondLooks = (
  look: {
    readonly userId: string | null;
    readonly tradingDay: TradingDate;
    readonly since: Instant;
  },
  now: Date,
) => Promise<number>;

/**
 * In the hours before the next open, makes connections due once more whose trading day was captured: a broker that corrects
 * a close does so during the night, and after the open nobody can ask for it any more.
 */
export async function lookTwice(
  userId: string | null,
  latestDue: TradingSession,
  mark: MarkSecondLooks,
  now: Date,
): Promise<void> {
  const since = secondLookSince(now, nextSession(latestDue.date).opensAt);
  if (since !== null) await mark({ userId, tradingDay: latestDue.date, since }, now);
}
