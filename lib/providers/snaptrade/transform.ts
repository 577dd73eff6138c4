import 'server-only';
import { type Amount, type Currency, toCurrency } from '@/lib/domain/money';
import { isTradingDay } from '@/lib/domain/nyse-calendar';
import type { Category } from '@/lib/domain/reconcile/evidence';
import { realId } from '@/lib/domain/reconcile/real-id';
import { type Instant, type TradingDate, toInstant } from '@/lib/domain/trading-date';
import type {
  Capability,
  ConnectionHealth,
  DateRange,
  ListedConnection,
  ProviderAccount,
  ValueHistory,
} from '@/lib/providers/provider';
import type {
  SnapTradeAccount,
  SnapTradeBalanceHistory,
  SnapTradeConnection,
  SnapTradeListedConnection,
  SnapTradeReporting,
} from './schema';

/** SnapTrade says that accounts without a category are to be read as investment accounts. */
const CATEGORIES: Readonly<Record<string, Category>> = {
  INVESTMENT: 'investment',
  DEPOSIT: 'deposit',
  LOC: 'credit',
};

const CLOSED_STATUSES: ReadonlySet<string> = new Set(['closed', 'archived']);

/**
 * An account as SnapTrade lists it. The only time that it gives is the one of its last daily reading, which says nothing of a
 * total that was read live: such a one is as old as the question, `readAt`.
 */
export function toProviderAccount(account: SnapTradeAccount, readAt: Instant | null): ProviderAccount {
  const holdings = account.sync_status?.holdings;
  const collected = account.sync_status?.transactions?.initial_sync_completed;
  const total = account.balance?.total;
  // Until the first sync is through, nothing is known yet, whatever the total says.
  const isKnown = holdings?.initial_sync_completed !== false;
  return {
    externalId: account.id,
    institutionAccountId: realId(account.institution_account_id ?? null),
    name: account.name ?? account.institution_name,
    institution: account.institution_name,
    category: CATEGORIES[account.account_category ?? 'INVESTMENT'] ?? null,
    isPaper: account.is_paper === true,
    isOpen: !CLOSED_STATUSES.has(account.status ?? 'open'),
    total: isKnown ? (total?.amount ?? null) : null,
    cash: null,
    costBasis: null,
    currency: toCurrency(total?.currency ?? ''),
    asOf: readAt ?? readSyncInstant(holdings?.last_successful_sync ?? null),
    ...(typeof collected === 'boolean' ? { movementsCollected: collected } : {}),
  };
}

export function toConnectionHealth(connection: SnapTradeConnection): ConnectionHealth {
  const since = connection.disabled ? readSyncInstant(connection.disabled_date ?? null) : null;
  // Only the one word means live; without it, an answer may be a day old.
  const freshness = connection.data_freshness_mode === 'realtime' ? 'realtime' : 'daily';
  return { broken: connection.disabled, brokenSince: since, freshness };
}

/** Every name of a brokerage is optional on the wire, so the next best thing is taken. */
export function toListedConnection(connection: SnapTradeListedConnection): ListedConnection {
  const { id, brokerage, name } = connection;
  const institution = brokerage?.name || brokerage?.slug || name || 'Brokerage';
  return { externalId: id, institution, ...toConnectionHealth(connection) };
}

/** A date, `T` or a space, a time with up to nine decimals of a second, and an offset that must be there. */
const SYNC_TIME = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})$/;

/**
 * Reads SnapTrade's sync times, such as `2024-06-28 18:42:46.561408+00:00`, to whole milliseconds. Null for a bare
 * date or a time without an offset: which side of the close they lie on cannot be told, and guessing it would
 * turn a stale value into a fresh one.
 */
export function readSyncInstant(text: string | null): Instant | null {
  const match = SYNC_TIME.exec(text ?? '');
  if (match === null) return null;
  const [, date, time, fraction = '', offset = 'Z'] = match;
  const colonOffset = offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset;
  // Cut, never rounded up: the value was true at this millisecond or just after it.
  const parsed = new Date(`${date}T${time}${fraction.slice(0, 4)}${colonOffset}`);
  return Number.isNaN(parsed.getTime()) ? null : toInstant(parsed);
}

/** `balanceHistory` within the range. Judging whether the values are believable is not done here. */
export function toValueHistory(
  body: SnapTradeBalanceHistory,
  range: DateRange,
  accountCurrency: Currency | null,
): ValueHistory {
  const entries = body.history.flatMap((row) =>
    row === null || row.date === null ? [] : [{ date: row.date, total: row.total_value ?? null }],
  );
  return {
    currency: toCurrency(body.currency ?? '') ?? accountCurrency,
    values: pickClosings(entries, range),
  };
}

/**
 * The equity line of the retired reporting call within the range. It has one entry per day and currency: with
 * several currencies, only the account's own can be told apart from a partial total.
 */
export function toReportedHistory(
  body: SnapTradeReporting,
  range: DateRange,
  accountCurrency: Currency | null,
): Capability<ValueHistory> {
  const entries = (body.totalEquityTimeframe ?? []).map(({ date, value, currency }) => ({
    date,
    total: value,
    currency: toCurrency(currency ?? ''),
  }));
  const currencies = new Set(entries.map((entry) => entry.currency));
  const currency = currencies.size > 1 ? accountCurrency : ([...currencies][0] ?? accountCurrency);
  if (currency === null) return { available: false, reason: 'not_supported' };
  const own = entries.filter((entry) => entry.currency === currency);
  return { available: true, value: { currency, values: pickClosings(own, range) } };
}

interface DatedTotal {
  readonly date: TradingDate;
  readonly total: Amount | null;
}

/**
 * Closing values within the range, oldest first. Days on which the exchange is closed have no close and are left
 * out. A date given twice with two different totals is left out as well: nobody can tell which one is right.
 */
function pickClosings(entries: readonly DatedTotal[], range: DateRange): ValueHistory['values'] {
  const totals = new Map<TradingDate, Set<Amount>>();
  for (const { date, total } of entries) {
    if (total === null || date < range.from || date > range.to || !isTradingDay(date)) continue;
    totals.set(date, (totals.get(date) ?? new Set<Amount>()).add(total));
  }
  return [...totals]
    .flatMap(([date, [total, ...others]]) =>
      total !== undefined && others.length === 0 ? [{ date, total }] : [],
    )
    .sort((a, b) => (a.date < b.date ? -1 : 1));
}
