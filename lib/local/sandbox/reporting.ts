import { type Amount, addAmounts } from '@/lib/domain/money';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';
import type { Market } from './market';
import type { SandboxAccount, SandboxConnection } from './scenario';
import { lastReachableAt } from './sync';
import { readCloses } from './wire';

interface LinkedAccount {
  readonly connection: SandboxConnection;
  readonly account: SandboxAccount;
}

/**
 * The retired reporting answer: one entry per day and currency, newest first, as the real one keeps no order.
 * `mostly_zeros` answers as some brokers made it answer: zeros, and one wrong value on the newest day.
 */
export function renderReporting(
  accounts: readonly LinkedAccount[],
  market: Market,
  now: Instant,
  range: { readonly from: TradingDate; readonly to: TradingDate },
  mode: 'on' | 'mostly_zeros',
) {
  const totals = new Map<string, { date: TradingDate; currency: string; total: Amount }>();
  for (const { connection, account } of accounts) {
    const closed = latestClosedSession(lastReachableAt(connection, now), 0).date;
    for (const { date, total } of readCloses(account, market, range.from, closed)) {
      if (date > range.to) continue;
      const key = `${date} ${account.currency}`;
      const known = totals.get(key);
      const sum = known === undefined ? total : addAmounts(known.total, total);
      totals.set(key, { date, currency: account.currency, total: sum });
    }
  }
  const newestFirst = [...totals.values()].sort((a, b) => (a.date < b.date ? 1 : -1));
  const entries = newestFirst.map(({ date, currency, total }, index) => ({
    date,
    currency,
    value: mode === 'on' ? Number(total) : index === 0 ? Number(total) * 1.4 : 0,
  }));
  return {
    totalEquityTimeframe: entries,
    contributions: { date: range.to, contributions: null, currency: accounts[0]?.account.currency ?? 'USD' },
    dividends: [],
    badTickers: [],
    detailedMode: false,
  };
}
