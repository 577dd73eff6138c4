import {
  exchangeDate,
  exchangeInstant,
  nextSession,
  previousSession,
  tradingSessions,
} from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import { accountValueAt, accountValueOn } from '../account-value';
import type { ValueEffect } from '../faults';
import { Exact, type Market } from '../market';
import type { SandboxAlpacaAccount } from '../scenario';
import { readAccount } from '../wire';

/** Shapes as Alpaca sends them: decimals are text here, and JSON numbers in the history. */

/** The account as `GET /v2/account` has it: its equity now, and what it was worth when the last day but today had closed. */
export function renderAccount(
  account: SandboxAlpacaAccount,
  market: Market,
  now: Instant,
  effects: readonly ValueEffect[],
) {
  const reading = readAccount(account, { readAt: now, syncedAt: now }, market, effects);
  const isKnown = !effects.some(({ type }) => type === 'null_total');
  // The values of a day are carried over at midnight in New York.
  const lastDay = previousSession(exchangeDate(now)).date;
  const equity = reading.total === null ? null : new Exact(reading.total).toString();
  const cash = reading.cash === null ? null : new Exact(reading.cash).toString();
  return {
    id: account.id,
    account_number: account.number,
    status: statusOf(account),
    crypto_status: 'INACTIVE',
    currency: reading.currency ?? undefined,
    created_at: `${account.openedOn}T14:30:00.123456Z`,
    equity,
    portfolio_value: equity,
    last_equity: isKnown ? (accountValueOn(account, lastDay, market) ?? '0') : null,
    balance_asof: lastDay,
    cash,
    buying_power: cash,
    long_market_value:
      equity === null || cash === null ? null : new Exact(equity).minus(new Exact(cash)).toFixed(),
    short_market_value: '0',
    multiplier: '1',
    account_blocked: false,
    trading_blocked: false,
    transfers_blocked: false,
  };
}

function statusOf({ isPaper, status }: SandboxAlpacaAccount): string {
  if (isPaper) return 'PAPER_ONLY';
  return status === 'closed' ? 'ACCOUNT_CLOSED' : 'ACTIVE';
}

/**
 * One value for each session, stamped with 20:00 in New York. The session under way has its value of now; a day that the scenario takes
 * out of the history is null. With `repeatsNewest`, the newest day repeats the one before until the next open.
 */
export function renderHistory(
  account: SandboxAlpacaAccount,
  market: Market,
  now: Instant,
  { from, to }: { readonly from: TradingDate; readonly to: TradingDate },
) {
  const first = account.openedOn > from ? account.openedOn : from;
  const sessions = first > to ? [] : tradingSessions(first, to).filter(({ opensAt }) => opensAt <= now);
  const equity = sessions.map(({ date, closesAt }) => {
    if (account.overrides[date] === null) return null;
    const value =
      closesAt > now ? accountValueAt(account, now, market) : accountValueOn(account, date, market);
    return value === null ? null : Number(value);
  });
  const newest = sessions.at(-1);
  if (account.repeatsNewest && newest !== undefined && now < nextSession(newest.date).opensAt)
    equity.splice(-1, 1, equity.at(-2) ?? null);
  const base = equity[0] ?? 0;
  return {
    timestamp: sessions.map(({ date }) => Date.parse(exchangeInstant(date, '20:00')) / 1000),
    equity,
    profit_loss: equity.map((value) => Math.round(((value ?? base) - base) * 100) / 100),
    profit_loss_pct: equity.map((value) =>
      value === null || base === 0 ? 0 : Math.round((value / base - 1) * 1e4) / 1e4,
    ),
    base_value: base,
    timeframe: '1D',
  };
}

/** The dates in New York of a history's ends; what is not given is a month until now. */
export function historyRange(start: string | undefined, end: string | undefined, now: Instant) {
  const to = exchangeDate(end ?? now);
  return { from: start === undefined ? addDays(to, -31) : exchangeDate(start), to };
}
