import type { TradingSession } from '@/lib/domain/market-calendar';
import type { ConnectionLink, PortfolioProvider } from '@/lib/providers/provider';

/** What a connection's fill works with: the provider to ask, the day that is due, and the time, passed in. */
export interface FillContext {
  readonly provider: PortfolioProvider;
  readonly link: ConnectionLink;
  readonly runId: string;
  /** The latest trading day that is due. */
  readonly latestDue: TradingSession;
  readonly now: Date;
  /** In [0, 1), for the jitter of the back-off. */
  readonly random: number;
}

export const DAY_MS = 86_400_000;
