import 'server-only';
import { type Amount, addAmounts, type Currency, Exact, isZero, toCurrency } from '@/lib/domain/money';
import type { CurrencyPart } from '@/lib/providers/provider';
import type { SnapTradeBalances, SnapTradePosition } from './schema';

/**
 * What an account is worth, put together from its cash and its positions for brokers that report no total: one part for each
 * currency, of which there is more than one only where several are worth anything. Null when any part of it is not known: a
 * sum that leaves something out would pass for a total. Without any row of cash nothing was said, which is not a zero.
 */
export function composeTotal(
  balances: SnapTradeBalances,
  positions: readonly SnapTradePosition[],
): readonly CurrencyPart[] | null {
  if (balances.length === 0) return null;
  const parts = new Map<Currency, CurrencyPart>();
  const add = (code: string | null | undefined, worth: Amount | null, cash: Amount, cost: Amount | null) => {
    const currency = toCurrency(code ?? '');
    if (currency === null || worth === null) return false;
    const {
      total,
      cash: own,
      costBasis,
    } = parts.get(currency) ?? { total: ZERO, cash: ZERO, costBasis: ZERO };
    parts.set(currency, {
      currency,
      total: addAmounts(total, worth),
      cash: addAmounts(own, cash),
      costBasis: costBasis === null || cost === null ? null : addAmounts(costBasis, cost),
    });
    return true;
  };
  const isCashKnown = balances.every(({ currency, cash = null }) =>
    add(currency?.code, cash, cash ?? ZERO, cash),
  );
  // Money-market funds are in the cash already.
  const isWorthKnown = positions
    .filter((position) => position.cash_equivalent !== true)
    .every((position) => add(position.currency, worthOf(position), ZERO, costOf(position)));
  return isCashKnown && isWorthKnown ? withoutEmpty([...parts.values()]) : null;
}

/** Nothing is nothing in every currency; of an account that holds nothing at all, one part says so. */
function withoutEmpty(parts: readonly CurrencyPart[]): readonly CurrencyPart[] {
  const held = parts.filter(({ total, cash }) => !isZero(total) || !isZero(cash));
  return held.length > 0 ? held : parts.slice(0, 1);
}

const ZERO = new Exact(0).toFixed() as Amount;

/** What a position is worth, negative when sold short; null when not known. */
function worthOf(position: SnapTradePosition): Amount | null {
  const multiplier = unitsPerContract(position);
  return multiplier === null ? null : multiply(position.units, position.price, multiplier);
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
