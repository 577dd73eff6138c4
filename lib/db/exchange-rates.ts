import 'server-only';
import { z } from 'zod';
import type { CurrencyPair, ExchangeRate } from '@/lib/domain/exchange-rate';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { Database, SupabaseClient } from './clients';
import { readAnswer } from './rpc';
import { currency, date } from './schemas';

const needsSchema = z.array(
  z.object({
    base: currency,
    quote: currency,
    /** The first day whose rate has not been read. */
    from: date,
    /** Whether the trading day has no rate that could be used. */
    isMissing: z.boolean(),
    /** Whether it is time to ask: what was just asked for is not asked for again within the hour. */
    isDue: z.boolean(),
  }),
);

/** A pair of currencies for which rates are lacking or were never read. */
export type RateNeed = z.infer<typeof needsSchema>[number];

/** What a source published. */
export interface RateReading {
  readonly rates: readonly ExchangeRate[];
  /** The pairs whose days were read, whether there were rates for them or not. */
  readonly pairs: readonly CurrencyPair[];
  readonly since: TradingDate;
  readonly through: TradingDate;
}

/** The pairs of currencies for which a trading day has no rate, or days before it were never read. */
export function neededExchangeRates(
  client: SupabaseClient<Database>,
  tradingDay: TradingDate,
  now: Date,
): Promise<readonly RateNeed[]> {
  const call = client.rpc('needed_exchange_rates', { p_day: tradingDay, p_now: now.toISOString() });
  return readAnswer('needed_exchange_rates', call, needsSchema);
}

/** Stores rates and publishes the days that waited for them; returns how many. */
export function recordExchangeRates(
  client: SupabaseClient<Database>,
  { rates, pairs, since, through }: RateReading,
  source: string,
  now: Date,
): Promise<number> {
  const call = client.rpc('record_exchange_rates', {
    p_rates: rates.map(({ base, quote, date, rate }) => ({ base, quote, date, rate })),
    p_pairs: pairs.map(({ base, quote }) => ({ base, quote })),
    p_since: since,
    p_through: through,
    p_source: source,
    p_now: now.toISOString(),
  });
  return readAnswer('record_exchange_rates', call, z.number().int());
}
