import 'server-only';
import { type Amount, type Currency, Exact, isZero, toCurrency } from '@/lib/domain/money';
import type { Instant } from '@/lib/domain/trading-date';
import type { AccountHoldings, HeldPosition, HoldingsMove } from '@/lib/providers/provider';
import type { SnapTradeActivity, SnapTradeBalances, SnapTradePosition } from './schema';

/**
 * All that an account holds; null where any of it is not known or is in another currency than the rest, and for what is worth something
 * else than its price times its number.
 */
export function toHoldings(
  balances: SnapTradeBalances,
  positions: readonly SnapTradePosition[],
  asOf: Instant,
): AccountHoldings | null {
  if (balances.length === 0) return null;
  const currencies = new Set<Currency>();
  let cash = new Exact(0);
  for (const { currency, cash: amount = null } of balances) {
    const code = toCurrency(currency?.code ?? '');
    if (code === null || amount === null) return null;
    if (isZero(amount)) continue;
    currencies.add(code);
    cash = cash.plus(amount);
  }
  const held: HeldPosition[] = [];
  // Money-market funds are in the cash already.
  for (const position of positions.filter((one) => one.cash_equivalent !== true)) {
    const one = toPosition(position);
    const currency = toCurrency(position.currency ?? '');
    if (one === null || currency === null) return null;
    currencies.add(currency);
    held.push(one);
  }
  const [currency = toCurrency(balances[0]?.currency?.code ?? ''), ...others] = currencies;
  if (currency === null || others.length > 0) return null;
  return { asOf, currency, cash: cash.toFixed() as Amount, positions: held };
}

/** What is traded as a share under its ticker. */
const SHARES: ReadonlySet<string> = new Set(['stock', 'etf', 'adr', 'cef', 'mutualfund']);

function toPosition({ instrument, units, price }: SnapTradePosition): HeldPosition | null {
  const { kind, symbol } = instrument;
  if (!symbol || units == null || kind === 'future' || kind === 'cfd') return null;
  if (SHARES.has(kind)) return { symbol, units, close: price ?? null };
  return { symbol: namedApart(kind, symbol), units, close: kind === 'crypto' ? (price ?? null) : null };
}

/** A coin may be called like a share. */
function namedApart(kind: string, symbol: string): string {
  return `${kind}:${symbol.replaceAll(/\s+/g, '')}`;
}

/** By how an activity changes what is held. The list is open: what is not in it may have changed anything. */
const EFFECTS: Readonly<Record<string, 'cash' | 'trade' | 'assets' | 'split'>> = {
  CONTRIBUTION: 'cash',
  WITHDRAWAL: 'cash',
  INTERNAL_CASH_TRANSFER_IN: 'cash',
  INTERNAL_CASH_TRANSFER_OUT: 'cash',
  DIVIDEND: 'cash',
  SUBSTITUTE_DIVIDEND: 'cash',
  DISTRIBUTION: 'cash',
  RETURN_OF_CAPITAL: 'cash',
  INTEREST: 'cash',
  REBATE: 'cash',
  FEE: 'cash',
  TAX: 'cash',
  COMMISSION: 'cash',
  BUY: 'trade',
  SELL: 'trade',
  REI: 'trade',
  EXTERNAL_ASSET_TRANSFER_IN: 'assets',
  EXTERNAL_ASSET_TRANSFER_OUT: 'assets',
  INTERNAL_ASSET_TRANSFER_IN: 'assets',
  INTERNAL_ASSET_TRANSFER_OUT: 'assets',
  STOCK_DIVIDEND: 'assets',
  SPINOFF: 'assets',
  OPTIONEXPIRATION: 'assets',
  SPLIT: 'split',
  REVERSE_SPLIT: 'split',
};

const ZERO = new Exact(0).toFixed() as Amount;

/** What an activity changed in what the account holds; null where that is not known. */
export function holdingsMoveOf(row: SnapTradeActivity): HoldingsMove | null {
  const { type = '', amount = null, units = null } = row;
  const symbol = symbolOf(row);
  // A transfer is one of assets where it names any.
  const isOfAssets = symbol !== null && units !== null && !isZero(units);
  const effect = type === 'TRANSFER' ? (isOfAssets ? 'assets' : 'cash') : EFFECTS[type ?? ''];
  if (effect === 'cash') return amount === null ? null : { symbol: null, units: ZERO, cash: amount };
  if (effect === undefined || symbol === null) return null;
  if (effect === 'split') return { symbol, units: null, cash: amount ?? ZERO };
  if (units === null) return null;
  if (effect === 'assets') return { symbol, units, cash: ZERO };
  return amount === null ? null : { symbol, units: withSign(type, units), cash: amount };
}

/** Some brokers count what was sold as what was bought. */
function withSign(type: string | null, units: Amount): Amount {
  const count = new Exact(units).abs();
  return (type === 'SELL' ? count.negated() : count).toFixed() as Amount;
}

function symbolOf({ symbol, option_symbol: option }: SnapTradeActivity): string | null {
  if (option != null) return option.ticker ? namedApart('option', option.ticker) : null;
  if (!symbol?.symbol) return null;
  return symbol.type?.code === 'crypto' ? namedApart('crypto', symbol.symbol) : symbol.symbol;
}
