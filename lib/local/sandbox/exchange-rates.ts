import type { Instant } from '@/lib/domain/trading-date';
import type { Scenario } from './scenario';
import { utcDateOf } from './sync';

/** The exchange rates of an instant, as JSON numbers; a pair whose script has not begun is left out. */
export function renderExchangeRates(scripts: Scenario['exchangeRates'], now: Instant): readonly unknown[] {
  const today = utcDateOf(now);
  return Object.entries(scripts).flatMap(([pair, script]) => {
    const rate = typeof script === 'string' ? script : findLatest(Object.entries(script), today);
    const [src = '', dst = ''] = pair.split('-');
    return rate === null
      ? []
      : [{ src: renderCurrency(src), dst: renderCurrency(dst), exchange_rate: Number(rate) }];
  });
}

function findLatest(
  byDate: readonly (readonly [date: string, rate: string])[],
  today: string,
): string | null {
  const begun = byDate.filter(([date]) => date <= today).sort(([a], [b]) => (a < b ? -1 : 1));
  return begun.at(-1)?.[1] ?? null;
}

function renderCurrency(code: string) {
  return { id: `currency-${code}`, code, name: code };
}
