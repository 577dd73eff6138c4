import 'server-only';
import type { ForeignSession } from '@/lib/domain/calendar-check';
import type { TradingDate } from '@/lib/domain/trading-date';
import { ProviderError } from '@/lib/providers/provider';
import { type AlpacaClientOptions, createAlpacaClient } from './client';
import type { AlpacaCredentials } from './schema';

/**
 * The sessions between two days as Alpaca's calendar has them, oldest first, with one request. An answer without any says nothing: no
 * weeks are without a session. Throws `ProviderError`.
 */
export async function fetchCalendar(
  credentials: AlpacaCredentials,
  options: AlpacaClientOptions,
  from: TradingDate,
  to: TradingDate,
): Promise<readonly ForeignSession[]> {
  const days = await createAlpacaClient(options, credentials).getCalendar(from, to);
  const sessions = days
    .filter(({ date }) => date >= from && date <= to)
    .map(({ date, open, close }) => ({ date, opens: open, closes: close }));
  if (sessions.length === 0)
    throw new ProviderError('bad_data', 'Alpaca returned a calendar without a session');
  return sessions;
}
