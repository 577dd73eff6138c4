import 'server-only';
import { z } from 'zod';
import type { CalendarExcerpt } from '@/lib/domain/nyse-calendar';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';

/** Brings the trading days in line with the calendar; returns how many changed. */
export function syncTradingDays(
  client: SupabaseClient<Database>,
  { from, to, sessions, closures }: CalendarExcerpt,
  now: Date,
): Promise<number> {
  const call = client.rpc('sync_trading_days', {
    p_calendar: { from, to, sessions: sessions.map((session) => ({ ...session })), closures: [...closures] },
    p_now: now.toISOString(),
  });
  return readAnswer('sync_trading_days', call, z.number().int());
}
