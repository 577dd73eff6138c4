import 'server-only';
import { type Amount, addAmounts, type Currency, Exact, toCurrency } from '@/lib/domain/money';
import type { SnapTradeBalances, SnapTradePosition } from './schema';

/** An account's worth, put together from what it holds. */
export interface ComposedTotal {
  readonly total: Amount;
  readonly currency: Currency;
  readonly cash: Amount;
  /** What all of it cost, cash being its own cost, so that total less cost is the gain; null when not known. */
  readonly costBasis: Amount | null;
}

/**
 * Puts an account's total together from its cash and its positions, for brokers that report none. Null when any part of
 * it is not known, and when parts are in several currencies: a sum that leaves something out would pass for a total.
 */
export function composeTotal(
  balances: SnapTradeBalances,
  positions: readonly SnapTradePosition[],
): ComposedTotal | null {
  const held = readCash(balances);
  if (held === null) return null;
  const { cash, currency } = held;
  // Money-market funds are in the cash already.
  const counted = positions.filter((position) => position.cash_equivalent !== true);
  const worth = counted.map((position) => priceUnits(position, currency));
  if (!isAllKnown(worth)) return null;
  const costs = counted.map(costOf);
  return {
    total: addAmounts(cash, ...worth),
    currency,
    cash,
    costBasis: isAllKnown(costs) ? addAmounts(cash, ...costs) : null,
  };
}

/** The cash of all rows if it is known and in one currency. No row at all says nothing, which is not a zero. */
function readCash(balances: SnapTradeBalances): Pick<ComposedTotal, 'cash' | 'currency'> | null {
  const amounts = balances.map((row) => row.cash ?? null);
  const codes = new Set(balances.map((row) => row.currency?.code ?? ''));
  const currency = codes.size === 1 ? toCurrency([...codes][0] ?? '') : null;
  return currency === null || !isAllKnown(amounts) ? null : { cash: addAmounts(...amounts), currency };
}

/** What a position is worth, negative when sold short; null when not known or not in the account's currency. */
function priceUnits(position: SnapTradePosition, currency: Currency): Amount | null {
  const multiplier = unitsPerContract(position);
  if (position.currency !== currency || multiplier === null) return null;
  return multiply(position.units, position.price, multiplier);
}

/** What a position cost; SnapTrade gives the cost as it gives the price, of an option for a share and not for a contract. */
function costOf(position: SnapTradePosition): Amount | null {
  const multiplier = unitsPerContract(position);
  return multiplier === null ? null : multiply(position.units, position.cost_basis, multiplier);
}

const ONE = new Exact(1).toFixed() as Amount;

/** A standard option is for a hundred shares. */
const OPTION_MULTIPLIER = new Exact(100).toFixed() as Amount;

/**
 * How many units one of a position's units stands for: those of options are contracts. Null for futures and contracts for
 * difference: their price times their size is what they move, not what they are worth, and their worth is not reported.
 */
function unitsPerContract({ instrument: { kind, multiplier } }: SnapTradePosition): Amount | null {
  if (kind === 'future' || kind === 'cfd') return null;
  return kind === 'option' ? (multiplier ?? OPTION_MULTIPLIER) : ONE;
}

function multiply(...factors: readonly (Amount | null | undefined)[]): Amount | null {
  let product = new Exact(1);
  for (const factor of factors) {
    if (factor == null) return null;
    product = product.times(factor);
  }
  return product.toFixed() as Amount;
}

function isAllKnown(amounts: readonly (Amount | null)[]): amounts is readonly Amount[] {
  return amounts.every((amount) => amount !== null);
}
