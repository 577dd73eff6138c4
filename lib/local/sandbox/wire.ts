import { type Amount, toAmount } from '@/lib/domain/money';
import { latestClosedSession, tradingSessions } from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate } from '@/lib/domain/trading-date';
import { accountCashAt, accountValueAt, accountValueOn } from './account-value';
import type { ValueEffect } from './faults';
import { Exact, type Market } from './market';
import type { SandboxAccount, SandboxConnection } from './scenario';
import { hasCollectedMovements, isDisabled, lastReachableAt, utcDateOf } from './sync';
import { renderCurrency, uuidOf } from './uuid';

/** Shapes as SnapTrade sends them. Decimals are JSON numbers here, and strings in `balanceHistory`. */

export function renderConnection(connection: SandboxConnection, now: Instant) {
  const { id, institution, accounts, disabledSince } = connection;
  const disabled = isDisabled(connection, now);
  const opened = accounts.map(({ openedOn }) => openedOn).sort()[0] ?? utcDateOf(now);
  return {
    id,
    created_date: `${opened}T12:00:00Z`,
    brokerage: {
      id: uuidOf(`brokerage ${institution.slug}`),
      slug: institution.slug,
      name: institution.name,
      enabled: true,
      maintenance_mode: false,
      is_degraded: false,
    },
    name: `Connection-${id}`,
    type: 'read',
    disabled,
    disabled_date: disabled ? disabledSince : null,
    meta: {},
    data_freshness_mode: connection.dataFreshness === 'realtime' ? 'realtime' : 'delayed',
  };
}

/** What an account looked like when the broker was last read, after faults. */
export interface AccountReading {
  readonly total: Amount | null;
  readonly cash: Amount | null;
  readonly currency: string | null;
  readonly readAt: Instant;
  /** The time that SnapTrade gives for it. */
  readonly syncedAt: Instant;
}

export function readAccount(
  account: SandboxAccount,
  { readAt, syncedAt }: Pick<AccountReading, 'readAt' | 'syncedAt'>,
  market: Market,
  effects: readonly ValueEffect[],
): AccountReading {
  const stale = effects.findLast((effect) => effect.type === 'stale');
  const at = stale?.asOf ?? readAt;
  const read: AccountReading = {
    total: accountValueAt(account, at, market),
    cash: accountCashAt(account, at, market),
    currency: account.currency,
    readAt: at,
    syncedAt: stale?.asOf ?? syncedAt,
  };
  return effects.reduce(applyEffect, read);
}

function applyEffect(read: AccountReading, effect: ValueEffect): AccountReading {
  if (effect.type === 'null_total') return { ...read, total: null, cash: null };
  if (effect.type === 'zero_total') return { ...read, total: toAmount(0), cash: toAmount(0) };
  if (effect.type === 'currency') return { ...read, currency: effect.currency };
  if (effect.type !== 'scale') return read;
  const scale = (amount: Amount | null) =>
    amount === null ? null : toAmount(new Exact(amount).times(effect.factor).toFixed(2));
  return { ...read, total: scale(read.total), cash: scale(read.cash) };
}

export function renderAccount(
  connection: SandboxConnection,
  account: SandboxAccount,
  reading: AccountReading,
  now: Instant,
) {
  const isCollected = hasCollectedMovements(account, now);
  const isSynced = latestClosedSession(reading.readAt, 0).date >= account.openedOn;
  return {
    id: account.id,
    brokerage_authorization: connection.id,
    name: account.name,
    number: account.number,
    institution_account_id: account.institutionAccountId,
    institution_name: connection.institution.name,
    created_date: `${account.openedOn}T12:00:00Z`,
    funding_date: null,
    opening_date: null,
    sync_status: {
      transactions: {
        initial_sync_completed: isCollected,
        last_successful_sync: isCollected ? addDays(utcDateOf(reading.readAt), -1) : null,
        first_transaction_date: isCollected ? account.openedOn : null,
      },
      holdings: {
        initial_sync_completed: isSynced,
        last_successful_sync: toSyncText(reading.syncedAt),
        holdings_unavailable: false,
      },
    },
    balance: {
      total:
        reading.total === null || !account.totalReported
          ? null
          : { amount: Number(reading.total), currency: reading.currency },
    },
    status: account.status,
    raw_type: null,
    account_category: account.category,
    is_paper: account.isPaper,
    meta: {},
  };
}

export function renderBalances(account: SandboxAccount, reading: AccountReading) {
  const row = (code: string, amount: string | null) => {
    const cash = amount === null ? null : Number(amount);
    return { currency: renderCurrency(code), cash, buying_power: cash };
  };
  const others = Object.entries(account.otherCash).map(([code, amount]) => row(code, amount));
  return [row(account.currency, reading.cash), ...others];
}

/** The closes of the last 365 days, oldest first, as far as the connection could still read them. */
export function renderBalanceHistory(
  connection: SandboxConnection,
  account: SandboxAccount,
  market: Market,
  now: Instant,
) {
  const until = lastReachableAt(connection, now);
  const first = addDays(utcDateOf(now), -365);
  const closes = readCloses(account, market, first, latestClosedSession(until, 0).date);
  return {
    history: closes.map(({ date, total }) => ({
      date,
      total_value: account.blankDays.includes(date) ? null : new Exact(total).toFixed(2),
    })),
    currency: account.currency,
  };
}

/** What the broker's history says for each session of a range; a session that it lacks is left out. */
export function readCloses(
  account: SandboxAccount,
  market: Market,
  from: TradingDate,
  to: TradingDate,
): readonly { readonly date: TradingDate; readonly total: Amount }[] {
  const start = account.openedOn > from ? account.openedOn : from;
  if (start > to) return [];
  return tradingSessions(start, to).flatMap(({ date }) => {
    const total = account.overrides[date] === null ? null : accountValueOn(account, date, market);
    return total === null ? [] : [{ date, total }];
  });
}

/** SnapTrade's way with sync times: a space instead of the `T`, six decimals, a numeric offset. */
function toSyncText(instant: Instant): string {
  return instant.replace('T', ' ').replace('Z', '000+00:00');
}
