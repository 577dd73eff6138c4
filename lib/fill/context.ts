import type { JudgingRules } from '@/lib/domain/judge';
import type { TradingSession } from '@/lib/domain/nyse-calendar';
import type { FillPhase, ReadsToday } from '@/lib/domain/schedule';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { Log } from '@/lib/log';
import type { ConnectionLink, PortfolioProvider } from '@/lib/providers/provider';

/** What a connection's fill works with: the provider to ask, the day that is due, and the time, passed in. */
export interface FillContext {
  readonly provider: PortfolioProvider;
  readonly link: ConnectionLink;
  readonly runId: string;
  readonly phase: FillPhase;
  /** Today's readings of current values that nobody waited for, counting this one; null when somebody waits for it. */
  readonly reads: ReadsToday | null;
  /** The latest trading day that is due. */
  readonly latestDue: TradingSession;
  readonly now: Date;
  /** From where on an answer needs an explanation. */
  readonly rules: JudgingRules;
  /** Null where the operator does not pay for refreshes. */
  readonly refresh: RefreshLedger | null;
  readonly log: Log;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: number;
}

/** The earliest day that the provider can still be asked for. */
export function reachOf({ provider, latestDue }: FillContext): TradingDate {
  return addDays(latestDue.date, -provider.lookBackDays);
}

export const DAY_MS = 86_400_000;

/** Remembers which refreshes were asked for, since each of them costs the operator money. */
export interface RefreshLedger {
  /** Whether a connection's refresh for a trading day is still to be asked for; from now on it counts as asked for. */
  claim(connectionId: string, tradingDay: TradingDate): Promise<boolean>;
  /** Gives a claimed refresh back, because the provider did not take the request. */
  giveBack(connectionId: string, tradingDay: TradingDate): Promise<void>;
}
