import 'server-only';
import Decimal from 'decimal.js';
import { type Amount, isZero, toAmount, toCurrency } from '@/lib/domain/money';
import { exchangeDate } from '@/lib/domain/nyse-calendar';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';
import type { DateRange, ProviderMovement } from '@/lib/providers/provider';
import { holdingsMoveOf } from './holdings';
import type { SnapTradeActivity } from './schema';

/**
 * SnapTrade's activity types. Buys, sells, splits and reinvestments change what an account holds, not what it is worth. The list is
 * open: a word that is not in it may be anything, and moves the account by what nobody knows.
 */
const KINDS: Readonly<Record<string, MovementKind>> = {
  CONTRIBUTION: 'deposit',
  WITHDRAWAL: 'withdrawal',
  TRANSFER: 'transfer',
  EXTERNAL_ASSET_TRANSFER_IN: 'transfer',
  EXTERNAL_ASSET_TRANSFER_OUT: 'transfer',
  INTERNAL_CASH_TRANSFER_IN: 'transfer',
  INTERNAL_CASH_TRANSFER_OUT: 'transfer',
  INTERNAL_ASSET_TRANSFER_IN: 'transfer',
  INTERNAL_ASSET_TRANSFER_OUT: 'transfer',
  DIVIDEND: 'dividend',
  SUBSTITUTE_DIVIDEND: 'dividend',
  DISTRIBUTION: 'dividend',
  RETURN_OF_CAPITAL: 'dividend',
  INTEREST: 'interest',
  REBATE: 'interest',
  FEE: 'fee',
  TAX: 'fee',
  COMMISSION: 'fee',
  BUY: 'other',
  SELL: 'other',
  REI: 'other',
  STOCK_DIVIDEND: 'other',
  OPTIONEXPIRATION: 'other',
  OPTIONASSIGNMENT: 'other',
  OPTIONEXERCISE: 'other',
  SPLIT: 'other',
  REVERSE_SPLIT: 'other',
  SPINOFF: 'other',
  STOCK_MERGER: 'other',
};

/**
 * The movements among activities, dated within the range, oldest first. A row without a date says of no day that something
 * moved; every other one does, whatever else is not known of it.
 */
export function toMovements(rows: readonly SnapTradeActivity[], range: DateRange): ProviderMovement[] {
  return rows
    .flatMap((row) => toMovement(row, range) ?? [])
    .sort((a, b) => compare(a.date, b.date) || compare(JSON.stringify(a), JSON.stringify(b)));
}

function toMovement(row: SnapTradeActivity, range: DateRange): ProviderMovement | null {
  const date = readTradeDate(row.trade_date ?? row.settlement_date ?? null);
  if (date === null || date < range.from || date > range.to) return null;
  return {
    reference: row.external_reference_id || null,
    vendorType: row.type ?? '',
    kind: KINDS[row.type ?? ''] ?? 'unclassified',
    amount: knownAmount(row),
    currency: toCurrency(row.currency?.code ?? ''),
    date,
    description: row.description ?? null,
    holdings: holdingsMoveOf(row),
  };
}

/**
 * SnapTrade already counts cash into the account as positive. A transfer of assets moves no cash, so its amount is
 * empty or zero and its value is units times price; units follow the asset, inward positive. An option's units are
 * contracts of a size that the row does not give, so its value stays unknown.
 */
function knownAmount(row: SnapTradeActivity): Amount | null {
  const amount = row.amount ?? null;
  if (amount !== null && !isZero(amount)) return amount;
  const movesAssets = row.type === 'TRANSFER' || row.type?.includes('ASSET_TRANSFER') === true;
  if (!movesAssets) return amount;
  // No cash is no value: what assets are worth is not known without their price.
  if (row.option_symbol || row.units == null || row.price == null) return null;
  const worth = toAmount(new Decimal(row.units).times(row.price).toFixed());
  return worth === null || isZero(worth) ? null : worth;
}

/**
 * The exchange's date of a trade time. Brokers that know only the date send it bare, without an offset, or as
 * midnight in UTC; none of these may slip to the evening before in New York.
 */
function readTradeDate(text: string | null): TradingDate | null {
  if (text === null) return null;
  const day = text.slice(0, 10);
  const time = text.slice(10);
  const saysInstant =
    /(Z|[+-]\d{2}:?\d{2})$/.test(time) && !/^[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)$/.test(time);
  if (!saysInstant) return isDate(day) ? day : null;
  const instant = new Date(text);
  const year = instant.getUTCFullYear();
  if (!(year >= 1 && year <= 9998)) return null;
  return exchangeDate(instant);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
