import 'server-only';
import { z } from 'zod';
import type { CurrencyPair, ExchangeRate } from '@/lib/domain/exchange-rate';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { ProviderId } from '@/lib/providers/provider';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { currency } from './schemas';

const pairs = z.array(z.object({ base: currency, quote: currency }));

/** The exchange rates that a trading day needs and that are not stored for it yet. */
export function neededExchangeRates(
  client: SupabaseClient<Database>,
  tradingDay: TradingDate,
): Promise<readonly CurrencyPair[]> {
  return readAnswer(
    'needed_exchange_rates',
    client.rpc('needed_exchange_rates', { p_day: tradingDay }),
    pairs,
  );
}

/** Stores rates of a trading day and publishes the days that waited for them; returns how many. */
export function recordExchangeRates(
  client: SupabaseClient<Database>,
  tradingDay: TradingDate,
  rates: readonly ExchangeRate[],
  source: ProviderId,
  now: Date,
): Promise<number> {
  const call = client.rpc('record_exchange_rates', {
    p_day: tradingDay,
    p_rates: rates.map(({ base, quote, rate }) => ({ base, quote, rate })),
    p_source: source,
    p_now: now.toISOString(),
  });
  return readAnswer('record_exchange_rates', call, z.number().int());
}
