import 'server-only';
import type { ExchangeRate } from '@/lib/domain/exchange-rate';
import { Exact, toCurrency } from '@/lib/domain/money';
import type { SnapTradeExchangeRates } from './schema';

/**
 * SnapTrade's exchange rates: one unit of `src` is worth `exchange_rate` units of `dst`. The vendor does not say so, but
 * reads a pair such as CAD-USD from left to right. Rows without both currencies or with a rate that is not above zero
 * say nothing and are left out, and so is a currency beside itself.
 */
export function toExchangeRates(rows: SnapTradeExchangeRates): readonly ExchangeRate[] {
  return rows.flatMap(({ src, dst, exchange_rate: rate }) => {
    const base = toCurrency(src?.code ?? '');
    const quote = toCurrency(dst?.code ?? '');
    if (base === null || quote === null || base === quote) return [];
    return rate == null || !new Exact(rate).greaterThan(0) ? [] : [{ base, quote, rate }];
  });
}
