import 'server-only';
import { z } from 'zod';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';

/** Whether a connection's refresh for a trading day is still to be asked for; from now on it counts as asked for. */
export function claimRefresh(
  client: SupabaseClient<Database>,
  connectionId: string,
  tradingDay: TradingDate,
): Promise<boolean> {
  const call = client.rpc('claim_refresh', { p_connection_id: connectionId, p_trading_day: tradingDay });
  return readAnswer('claim_refresh', call, z.boolean());
}

/** Gives a claimed refresh back, because the provider did not take the request. */
export async function returnRefresh(
  client: SupabaseClient<Database>,
  connectionId: string,
  tradingDay: TradingDate,
): Promise<void> {
  const call = client.rpc('return_refresh', { p_connection_id: connectionId, p_trading_day: tradingDay });
  await readAnswer('return_refresh', call, z.unknown());
}
