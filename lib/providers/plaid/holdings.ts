import 'server-only';
import { type Amount, Exact, isZero, toCurrency } from '@/lib/domain/money';
import { latestClosedSession } from '@/lib/domain/nyse-calendar';
import type { Instant } from '@/lib/domain/trading-date';
import type { AccountHoldings, HeldPosition, HoldingsMove } from '@/lib/providers/provider';
import type { PlaidHolding, PlaidSecurity, PlaidTransaction } from './schema';

/** A holding with its security, as far as either can be read. */
export interface Held {
  readonly holding: PlaidHolding;
  readonly security: PlaidSecurity | undefined;
}

/** All that an account holds; null where any of it is not known, or is in another currency than the rest. */
export function toHoldings(held: readonly (Held | null)[], asOf: Instant): AccountHoldings | null {
  const closed = latestClosedSession(asOf, 0).date;
  const currency = toCurrency(held[0]?.holding.iso_currency_code ?? '');
  if (currency === null) return null;
  let cash = new Exact(0);
  const positions: HeldPosition[] = [];
  for (const one of held) {
    if (one === null || one.holding.iso_currency_code !== currency) return null;
    const { holding, security } = one;
    if (isCash(security)) {
      if (holding.institution_value == null) return null;
      cash = cash.plus(holding.institution_value);
      continue;
    }
    const symbol = symbolOf(security);
    if (symbol === null || holding.quantity == null) return null;
    const isOfDay = security?.close_price_as_of === closed && security.iso_currency_code === currency;
    positions.push({
      symbol,
      units: holding.quantity,
      close: isOfDay ? (security.close_price ?? null) : null,
    });
  }
  return { asOf, currency, cash: cash.toFixed() as Amount, positions };
}

/** What is traded as a share under its ticker. */
const SHARES: ReadonlySet<string> = new Set(['equity', 'etf', 'mutual fund']);

function symbolOf(security: PlaidSecurity | null | undefined): string | null {
  if (security == null) return null;
  const { type, ticker_symbol: ticker, security_id: id } = security;
  return SHARES.has(type ?? '') && ticker ? ticker : `plaid:${id}`;
}

/** A fund that is always worth one is as good as cash, which a broker sweeps into it and out of it. */
function isCash(security: PlaidSecurity | null | undefined): boolean {
  const { type, is_cash_equivalent: isEquivalent, close_price: price } = security ?? {};
  return type === 'cash' || (isEquivalent === true && price != null && new Exact(price).equals(1));
}

/** By how a transaction changes what is held, by its subtype: what is not here may have changed anything. */
const EFFECTS: Readonly<Record<string, 'cash' | 'in' | 'out' | 'signed' | 'assets' | 'split'>> = {
  'account fee': 'cash',
  contribution: 'cash',
  deposit: 'cash',
  distribution: 'cash',
  dividend: 'cash',
  'fund fee': 'cash',
  interest: 'cash',
  'interest receivable': 'cash',
  'legal fee': 'cash',
  'loan payment': 'cash',
  'long-term capital gain': 'cash',
  'management fee': 'cash',
  'margin expense': 'cash',
  'miscellaneous fee': 'cash',
  'non-qualified dividend': 'cash',
  'non-resident tax': 'cash',
  'qualified dividend': 'cash',
  'return of principal': 'cash',
  'short-term capital gain': 'cash',
  tax: 'cash',
  'tax withheld': 'cash',
  transfer: 'cash',
  'transfer fee': 'cash',
  'trust fee': 'cash',
  'unqualified gain': 'cash',
  withdrawal: 'cash',
  buy: 'in',
  'buy to cover': 'in',
  'dividend reinvestment': 'in',
  'interest reinvestment': 'in',
  'long-term capital gain reinvestment': 'in',
  'short-term capital gain reinvestment': 'in',
  sell: 'out',
  'sell short': 'out',
  assignment: 'signed',
  exercise: 'signed',
  expire: 'signed',
  'spin off': 'assets',
  'stock distribution': 'assets',
  split: 'split',
};

/** Kinds of rows that name what was bought or moved with the money in one. */
const WITH_SECURITY: ReadonlySet<string> = new Set([
  'contribution',
  'distribution',
  'withdrawal',
  'transfer',
]);

const ZERO = new Exact(0).toFixed() as Amount;
const NOTHING: HoldingsMove = { symbol: null, units: ZERO, cash: ZERO };

/** What a transaction changed in what the account holds, its amount being signed as ours are; null where that is not known. */
export function holdingsMoveOf(row: PlaidTransaction, amount: Amount | null): HoldingsMove | null {
  // It takes back what was never carried out.
  if (row.type === 'cancel') return NOTHING;
  const { security, quantity = null } = row;
  const subtype = row.subtype ?? '';
  const effect = EFFECTS[subtype];
  const isOfSecurity = row.security_id != null && !isCash(security) && quantity !== null && !isZero(quantity);
  if (effect === 'cash' && !(isOfSecurity && WITH_SECURITY.has(subtype)))
    return amount === null ? null : { symbol: null, units: ZERO, cash: amount };
  if (effect === undefined) return null;
  if (isCash(security)) return quantity === null || amount === null ? null : swept(quantity, amount);
  const symbol = symbolOf(security);
  if (symbol === null) return null;
  if (effect === 'split') return { symbol, units: null, cash: amount ?? ZERO };
  if (quantity === null) return null;
  // Money that came in and bought at once, or securities that were moved, left the cash as it was.
  if (effect === 'cash' || effect === 'assets') return { symbol, units: quantity, cash: ZERO };
  return amount === null ? null : { symbol, units: withSign(effect, quantity), cash: amount };
}

/** What went into such a fund is cash as before. */
function swept(quantity: Amount, amount: Amount): HoldingsMove {
  return { symbol: null, units: ZERO, cash: new Exact(quantity).plus(amount).toFixed() as Amount };
}

function withSign(effect: 'in' | 'out' | 'signed', quantity: Amount): Amount {
  const count = new Exact(quantity);
  if (effect === 'signed') return quantity;
  return (effect === 'out' ? count.abs().negated() : count.abs()).toFixed() as Amount;
}
