import 'server-only';
import { type Amount, addAmounts, type Currency, Exact, isZero, toCurrency } from '@/lib/domain/money';
import type { Category } from '@/lib/domain/reconcile/evidence';
import { realId } from '@/lib/domain/reconcile/real-id';
import type { Instant } from '@/lib/domain/trading-date';
import type { CurrencyPart, ProviderAccount } from '@/lib/providers/provider';
import { type Held, toHoldings } from './holdings';
import { oldestThatMatters, type PriceAge, priceAgeOf, resolveAge } from './price-age';
import type { PlaidAccount, PlaidHolding, PlaidHoldings, PlaidSecurity } from './schema';

/** What Plaid calls `other` may be anything, a debt as well. */
const CATEGORIES: Readonly<Record<string, Category>> = {
  investment: 'investment',
  brokerage: 'investment',
  depository: 'deposit',
  credit: 'credit',
  loan: 'credit',
};

/** An account with the ages of what its value is made of. */
export interface AgedAccount {
  readonly account: ProviderAccount;
  readonly ages: readonly { readonly value: Amount | null; readonly age: PriceAge }[];
  readonly held: readonly (Held | null)[];
}

/** The accounts of an answer, without their as-of, which may take a question about the item to know. */
export function toAgedAccounts(body: PlaidHoldings, now: Instant): readonly AgedAccount[] {
  const securities = new Map(body.securities.map((security) => [security.security_id, security]));
  return body.accounts.map((account) => {
    const holdings = body.holdings.filter((one) => one === null || one.account_id === account.account_id);
    const category = CATEGORIES[account.type ?? ''] ?? null;
    const institution = body.item?.institution_name || 'Financial institution';
    const read = category === 'investment' ? worthOf(account, holdings, securities) : balanceOf(account);
    return {
      account: { ...identityOf(account, institution), category, ...read },
      ages: category === 'investment' ? agesOf(holdings, securities, now) : [agedBalance(account)],
      held: holdings.map((holding) =>
        holding === null ? null : { holding, security: securities.get(holding.security_id ?? '') },
      ),
    };
  });
}

/** Whether the age of a value takes asking when Plaid last read the institution. */
export function isAgeOpen({ account: { category }, ages }: AgedAccount): boolean {
  if (category !== 'investment' && category !== 'deposit') return false;
  return ages.length === 0 || ages.some(({ age }) => age === null || 'on' in age);
}

/** A total is as old as its oldest price that matters, or where it has none that ages, as Plaid's last reading. */
export function withAsOf(
  { account, ages, held }: AgedAccount,
  readByPlaidAt: Instant | null,
  now: Instant,
): ProviderAccount {
  const resolved = ages.map(({ value, age }) => ({ value, at: resolveAge(age, readByPlaidAt, now) }));
  const asOf = resolved.length === 0 ? readByPlaidAt : oldestThatMatters(resolved);
  // Where the cash is known, the holdings make up the total.
  const isWhole = account.category === 'investment' && account.cash !== null && asOf !== null;
  const holdings = isWhole ? toHoldings(held, asOf) : null;
  return { ...account, asOf, ...(holdings === null ? {} : { holdings }) };
}

function identityOf(
  { account_id, persistent_account_id, name, official_name, mask }: PlaidAccount,
  institution: string,
) {
  const own = name || official_name || 'Account';
  return {
    externalId: account_id,
    institutionAccountId: realId(persistent_account_id ?? null),
    name: mask && !own.includes(mask) ? `${own} ending ${mask}` : own,
    institution,
    isPaper: false,
    isOpen: true,
    asOf: null,
  };
}

type Value = Pick<ProviderAccount, 'total' | 'cash' | 'costBasis' | 'currency' | 'parts'>;

function balanceOf({ balances }: PlaidAccount): Value {
  const total = balances?.current ?? null;
  return { total, cash: total, costBasis: total, currency: toCurrency(balances?.iso_currency_code ?? '') };
}

function agedBalance({ balances }: PlaidAccount) {
  const at = balances?.last_updated_datetime ?? null;
  return { value: balances?.current ?? null, age: at === null ? null : { at } };
}

type Holdings = readonly (PlaidHolding | null)[];
type Securities = ReadonlyMap<string, PlaidSecurity>;

/**
 * What the institution shows as the total, or where it shows none, the sum of all holdings. Cash and cost are known where the
 * holdings add up to the total.
 */
function worthOf({ balances }: PlaidAccount, holdings: Holdings, securities: Securities): Value {
  const total = balances?.current ?? null;
  const currency = toCurrency(balances?.iso_currency_code ?? '');
  const parts = composeParts(holdings, securities);
  const [only, ...others] = parts ?? [];
  if (total === null) {
    if (only === undefined) return { total, cash: null, costBasis: null, currency };
    return others.length === 0
      ? { ...only }
      : { total, cash: null, costBasis: null, currency, parts: parts ?? [] };
  }
  const cents = new Exact(holdings.length).times('0.01');
  const isWhole =
    only !== undefined &&
    others.length === 0 &&
    only.currency === currency &&
    new Exact(only.total).minus(total).abs().lessThanOrEqualTo(cents);
  return isWhole
    ? { total, cash: only.cash, costBasis: only.costBasis, currency }
    : { total, cash: null, costBasis: null, currency };
}

/** One part for each currency that is worth anything; null when any part is not known, or there is none at all. */
function composeParts(holdings: Holdings, securities: Securities): readonly CurrencyPart[] | null {
  const parts = new Map<Currency, CurrencyPart>();
  for (const holding of holdings) {
    const currency = toCurrency(holding?.iso_currency_code ?? '');
    const value = holding?.institution_value ?? null;
    if (holding === null || currency === null || value === null) return null;
    const isCash = isCashHolding(holding, securities);
    const cost = isCash ? value : (holding.cost_basis ?? null);
    const { total, cash, costBasis } = parts.get(currency) ?? { total: ZERO, cash: ZERO, costBasis: ZERO };
    parts.set(currency, {
      currency,
      total: addAmounts(total, value),
      cash: isCash ? addAmounts(cash, value) : cash,
      costBasis: costBasis === null || cost === null ? null : addAmounts(costBasis, cost),
    });
  }
  const held = [...parts.values()].filter(({ total, cash }) => !isZero(total) || !isZero(cash));
  if (parts.size === 0) return null;
  return held.length > 0 ? held : [...parts.values()].slice(0, 1);
}

const ZERO = new Exact(0).toFixed() as Amount;

/** Cash has no price that ages; how much there is was read with the rest. */
function agesOf(holdings: Holdings, securities: Securities, now: Instant): AgedAccount['ages'] {
  return holdings
    .filter((holding) => holding === null || !isCashHolding(holding, securities))
    .map((holding) => ({
      value: holding?.institution_value ?? null,
      age: holding === null ? null : priceAgeOf(holding, securities.get(holding.security_id ?? ''), now),
    }));
}

function isCashHolding({ security_id: id }: PlaidHolding, securities: Securities): boolean {
  return securities.get(id ?? '')?.type === 'cash';
}
