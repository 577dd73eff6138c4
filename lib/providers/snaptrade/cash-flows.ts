import 'server-only';
import { createHash } from 'node:crypto';
import Decimal from 'decimal.js';
import { type Amount, isZero, toAmount, toCurrency } from '@/lib/domain/money';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';
import type { CashFlowType, DateRange, ProviderCashFlow } from '@/lib/providers/provider';
import type { SnapTradeActivity } from './schema';

/**
 * SnapTrade's activity types that are movements of ours. Buys, sells, splits, reinvestments and words that we do
 * not know change what an account holds, not what it is worth, and are left out.
 */
const FLOW_TYPES: Readonly<Record<string, CashFlowType>> = {
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
  FEE: 'fee',
  TAX: 'fee',
  COMMISSION: 'fee',
};

/** A day of New York as `YYYY-MM-DD`; the Swedish locale writes dates in that form. */
const NEW_YORK_DATE = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/New_York' });

/**
 * The cash flows among activities, dated within the range, oldest first.
 *
 * A row whose amount or date the provider does not know is left out: the list holds known amounts only, so a
 * change in value that it does not explain may still be an unknown flow.
 */
export function toCashFlows(rows: readonly SnapTradeActivity[], range: DateRange): ProviderCashFlow[] {
  const flows = rows.flatMap((row) => toUnkeyedFlow(row, range) ?? []);
  flows.sort((a, b) => compare(a.date, b.date) || compare(a.identity, b.identity) || compareAmounts(a, b));
  const seen = new Map<string, number>();
  return flows.map(({ identity, ...flow }) => {
    const occurrence = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, occurrence);
    return { ...flow, key: `${identity}-${occurrence}` };
  });
}

type UnkeyedFlow = Omit<ProviderCashFlow, 'key'> & { readonly identity: string };

function toUnkeyedFlow(row: SnapTradeActivity, range: DateRange): UnkeyedFlow | null {
  const type = FLOW_TYPES[row.type ?? ''];
  const date = readTradeDate(row.trade_date ?? row.settlement_date ?? null);
  const amount = knownAmount(row);
  if (type === undefined || date === null || amount === null || isZero(amount)) return null;
  if (date < range.from || date > range.to) return null;
  return {
    identity: identify(row, date, amount),
    date,
    amount,
    currency: toCurrency(row.currency?.code ?? ''),
    type,
    description: row.description ?? null,
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
  if (!movesAssets || row.option_symbol || row.units == null || row.price == null) return amount;
  return toAmount(new Decimal(row.units).times(row.price).toFixed());
}

/**
 * Stays the same when SnapTrade re-processes a row under a new id. The broker's reference is shared by all parts
 * of one order (the buy, its fee, its exchange), so it needs type and date beside it.
 */
function identify(row: SnapTradeActivity, date: TradingDate, amount: Amount): string {
  const reference = row.external_reference_id ?? '';
  const parts =
    reference === ''
      ? [row.type, date, amount, row.currency?.code, row.units, row.symbol?.id, row.description]
      : ['reference', reference, row.type, date];
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('hex')
    .slice(0, 32);
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
  if (Number.isNaN(instant.getTime())) return null;
  const date = NEW_YORK_DATE.format(instant);
  return isDate(date) ? date : null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareAmounts(a: UnkeyedFlow, b: UnkeyedFlow): number {
  return new Decimal(a.amount).cmp(b.amount);
}
