import 'server-only';
import type { Database, SupabaseClient } from '@/lib/db/clients';
import { readHistory } from '@/lib/db/history';
import type { HistoryDocument } from '@/lib/domain/history';
import { marketStateAt } from '@/lib/domain/market-calendar';
import { summarise } from '@/lib/domain/summary';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';
import type { HistoryQuery } from './history-query';

/** How far back a provider's own history can reach, in days. */
const LOOK_BACK_DAYS = 365;

/** A user's history as one document, read with the client's own rights. No provider is asked. */
export async function getHistory(
  client: SupabaseClient<Database>,
  userId: string,
  query: HistoryQuery,
  latestDue: TradingDate,
  now: Date,
): Promise<HistoryDocument> {
  const reach = addDays(latestDue, -LOOK_BACK_DAYS);
  const { flows, coverage, ...stored } = await readHistory(client, {
    userId,
    from: query.from,
    to: query.to,
    due: latestDue,
    reach,
  });
  return {
    period: query.period,
    ...stored,
    points: stored.points.map((point) => ({ ...point, twr: null, drawdown: null, netDeposits: null })),
    flows: flows.external,
    corrections: [],
    accounts: [],
    intraday: [],
    benchmark: null,
    market: marketStateAt(now),
    summary: summarise(stored.points, flows),
    coverage: {
      expectedDays: coverage.presentDays + coverage.missingDays,
      presentDays: coverage.presentDays,
      byKind: coverage.byKind,
    },
  };
}
