import 'server-only';
import { type Amount, isZero, toCurrency } from '@/lib/domain/money';
import {
  exchangeDate,
  exchangeInstant,
  latestClosedSession,
  nextSession,
  sessionOn,
} from '@/lib/domain/nyse-calendar';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type { DateRange, ProviderAccount, ValueHistory } from '@/lib/providers/provider';
import type { AlpacaAccount, AlpacaHistory } from './schema';

/** As every account of Alpaca names its broker. */
export const INSTITUTION = 'Alpaca';

/** How an account was read. */
interface Reading {
  /** When the broker was asked; its answer is as new as the question. */
  readonly readAt: Instant;
  /** Whether the host that was asked is the one for paper accounts. */
  readonly isPaperHost: boolean;
}

export function toProviderAccount(account: AlpacaAccount, { readAt, isPaperHost }: Reading): ProviderAccount {
  const close = valueAtClose(account, readAt);
  return {
    externalId: account.id,
    institutionAccountId: account.id,
    name: account.account_number ? `Account ${account.account_number}` : 'Account',
    institution: INSTITUTION,
    category: 'investment',
    isPaper: isPaperHost || account.status === 'PAPER_ONLY',
    isOpen: account.status !== 'ACCOUNT_CLOSED',
    total: close ?? account.equity ?? null,
    // Cash is that of now, which need not be a part of what the account was worth at the close.
    cash: close === null ? (account.cash ?? null) : null,
    costBasis: null,
    currency: toCurrency(account.currency ?? ''),
    asOf: readAt,
  };
}

/**
 * What the account was worth at the last close, where Alpaca has worked it out and no session has begun since. Its equity goes on
 * with every trade before the open and after the close, so this is the better value of that day. Null otherwise.
 */
function valueAtClose(
  { last_equity: total, balance_asof: date }: AlpacaAccount,
  readAt: Instant,
): Amount | null {
  const closed = latestClosedSession(readAt, 0);
  const isBetweenSessions = readAt < nextSession(closed.date).opensAt;
  return isBetweenSessions && date === closed.date ? (total ?? null) : null;
}

/** What an answer is read against. */
interface HistoryFrame {
  readonly range: DateRange;
  readonly currency: string | null;
  readonly now: Instant;
}

/**
 * The closes within the range, oldest first. Zeros and nulls before the first money say that there was no money yet, not that
 * there was none left, so `history` has to begin with the account. A day with two different values is left out, as is what
 * belongs to no session that has closed.
 */
export function toValueHistory(history: AlpacaHistory, { range, currency, now }: HistoryFrame): ValueHistory {
  const points = fundedPoints(history);
  const closed = withoutProvisional(
    points.filter(({ date }) => (sessionOn(date)?.closesAt ?? now) < now),
    now,
  );
  const totals = new Map<TradingDate, Set<Amount>>();
  for (const { date, total } of closed) totals.set(date, (totals.get(date) ?? new Set<Amount>()).add(total));
  const values = [...totals]
    .flatMap(([date, [total, ...others]]) =>
      total !== undefined && others.length === 0 && date >= range.from && date <= range.to
        ? [{ date, total }]
        : [],
    )
    .sort((a, b) => (a.date < b.date ? -1 : 1));
  return { currency: toCurrency(currency ?? ''), values };
}

interface Point {
  readonly date: TradingDate;
  readonly total: Amount;
}

function fundedPoints({ timestamp, equity }: AlpacaHistory): readonly Point[] {
  const dated = timestamp.flatMap((seconds, index) => {
    const date = seconds === null ? null : sessionDateOf(seconds);
    const total = equity[index] ?? null;
    return date === null || total === null ? [] : [{ date, total }];
  });
  const funded = dated.findIndex(({ total }) => !isZero(total));
  return funded === -1 ? [] : dated.slice(funded);
}

/**
 * Each value is stamped with 20:00 in New York of its session, which in UTC is the next date. Before the session has begun there is
 * no value of it, so any such time is of a day that we do not know.
 */
function sessionDateOf(seconds: number): TradingDate | null {
  const at = new Date(seconds * 1000);
  const year = at.getUTCFullYear();
  if (!(year >= 2000 && year < 2200)) return null;
  const date = exchangeDate(at);
  return toInstant(at) > exchangeInstant(date, '09:30') && sessionOn(date) !== null ? date : null;
}

/**
 * In the evening the newest point may repeat the one before for some hours. Until the next session opens the two cannot be told
 * apart from a day on which nothing moved.
 */
function withoutProvisional(points: readonly Point[], now: Instant): readonly Point[] {
  const newest = points.at(-1);
  const before = points.findLast(({ date }) => newest !== undefined && date !== newest.date);
  if (newest === undefined || before === undefined || before.total !== newest.total) return points;
  return now < nextSession(newest.date).opensAt ? points.filter(({ date }) => date !== newest.date) : points;
}
