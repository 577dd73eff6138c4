import 'server-only';
import type { InvestmentTransactionSubtype } from 'plaid';
import { type Amount, Exact, isZero, toAmount, toCurrency } from '@/lib/domain/money';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import { type DateRange, ProviderError, type ProviderMovement } from '@/lib/providers/provider';
import type { PlaidClient } from './client';
import { holdingsMoveOf } from './holdings';
import type { PlaidCredentials, PlaidTransaction } from './schema';

/**
 * Every subtype that Plaid's SDK knows, which decides what a row is: the type beside it is coarser, and the sign of a contribution
 * that buys a fund at once is that of the purchase. What an account pays to or for itself stays within; what goes to or comes
 * from elsewhere crosses its border. An `adjustment` is by its definition a change of quantity, for whatever reason.
 */
const KINDS = {
  'account fee': 'fee',
  adjustment: 'unclassified',
  assignment: 'other',
  buy: 'other',
  'buy to cover': 'other',
  contribution: 'deposit',
  deposit: 'deposit',
  // Out of a tax-advantaged account, to its owner.
  distribution: 'withdrawal',
  dividend: 'dividend',
  'dividend reinvestment': 'other',
  exercise: 'other',
  expire: 'other',
  'fund fee': 'fee',
  interest: 'interest',
  'interest receivable': 'interest',
  'interest reinvestment': 'other',
  'legal fee': 'fee',
  // Paid in by the owner, on a loan from the account.
  'loan payment': 'deposit',
  'long-term capital gain': 'dividend',
  'long-term capital gain reinvestment': 'other',
  'management fee': 'fee',
  'margin expense': 'fee',
  merger: 'other',
  'miscellaneous fee': 'fee',
  'non-qualified dividend': 'dividend',
  'non-resident tax': 'fee',
  'pending credit': 'transfer',
  'pending debit': 'transfer',
  'qualified dividend': 'dividend',
  rebalance: 'other',
  request: 'transfer',
  'return of principal': 'dividend',
  sell: 'other',
  'sell short': 'other',
  send: 'transfer',
  'short-term capital gain': 'dividend',
  'short-term capital gain reinvestment': 'other',
  'spin off': 'other',
  split: 'other',
  'stock distribution': 'other',
  tax: 'fee',
  'tax withheld': 'fee',
  trade: 'other',
  transfer: 'transfer',
  'transfer fee': 'fee',
  'trust fee': 'fee',
  'unqualified gain': 'dividend',
  withdrawal: 'withdrawal',
} satisfies Readonly<Record<`${InvestmentTransactionSubtype}`, MovementKind>>;

/** By any word: the list is open, and a word that is not in it moves the account by what nobody knows. */
const KIND_OF: Readonly<Record<string, MovementKind>> = KINDS;

/** Pages are read anew so often when the list changes under them. */
const ATTEMPTS_MAX = 2;

/**
 * Every page of an account's transactions; null while Plaid has not read them. Pages are cut by position, so a row that arrives
 * between two of them would be missed or come twice. The total tells: when it changes, all is read once more from the start, and a
 * second change is an error.
 */
export async function readAllTransactions(
  client: Pick<PlaidClient, 'getTransactions'>,
  credentials: PlaidCredentials,
  accountId: string,
  range: DateRange,
): Promise<readonly PlaidTransaction[] | null> {
  for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
    const read = await readOnce(client, credentials, accountId, range);
    if (read !== 'changed') return read;
  }
  throw new ProviderError('bad_data', 'Plaid kept changing the number of transactions while they were read');
}

async function readOnce(
  client: Pick<PlaidClient, 'getTransactions'>,
  credentials: PlaidCredentials,
  accountId: string,
  range: DateRange,
): Promise<readonly PlaidTransaction[] | null | 'changed'> {
  const rows: PlaidTransaction[] = [];
  let total: number | null = null;
  do {
    const page = await client.getTransactions(credentials, accountId, range, rows.length);
    if (page === null) return null;
    const { investment_transactions: read, total_investment_transactions: newTotal } = page;
    total ??= newTotal;
    // An empty page before the end would otherwise be asked for again and again.
    if (newTotal !== total || (read.length === 0 && rows.length < total)) return 'changed';
    rows.push(...read);
  } while (rows.length < total);
  const ids = new Set(rows.map(({ investment_transaction_id: id }, index) => id ?? index));
  return rows.length === total && ids.size === rows.length ? rows : 'changed';
}

/**
 * The movements among an account's transactions, dated within the range, oldest first. A row without a date says of no day that
 * something moved; every other one does, whatever else is not known of it.
 */
export function toMovements(
  rows: readonly PlaidTransaction[],
  accountId: string,
  range: DateRange,
): ProviderMovement[] {
  const cancelled = new Set(rows.flatMap(({ cancel_transaction_id: id }) => id ?? []));
  return rows
    .filter((row) => row.account_id == null || row.account_id === accountId)
    .filter(({ investment_transaction_id: id }) => id == null || !cancelled.has(id))
    .flatMap((row) => toMovement(row, range) ?? [])
    .sort((a, b) => compare(a.date, b.date) || compare(JSON.stringify(a), JSON.stringify(b)));
}

function toMovement(row: PlaidTransaction, range: DateRange): ProviderMovement | null {
  const date = row.date ?? null;
  if (date === null || date < range.from || date > range.to) return null;
  // It takes back what was never carried out.
  const kind = row.type === 'cancel' ? 'other' : (KIND_OF[row.subtype ?? ''] ?? 'unclassified');
  const amount = signedAmount(row, kind);
  return {
    reference: row.investment_transaction_id || null,
    vendorType: row.subtype ?? row.type ?? '',
    kind,
    amount,
    currency: toCurrency(row.iso_currency_code ?? ''),
    date,
    description: row.name ?? null,
    holdings: holdingsMoveOf(row, amount),
  };
}

/**
 * Plaid counts cash that leaves the account as positive. A deposit comes in and a withdrawal goes out, whatever the sign says. A transfer of
 * securities moves no cash: it is worth its number times its price, and its number is positive when they come in.
 */
function signedAmount(row: PlaidTransaction, kind: MovementKind): Amount | null {
  const amount = row.amount ?? null;
  const { quantity, price } = row;
  if (kind === 'transfer' && row.security_id != null && quantity != null && !isZero(quantity)) {
    const worth =
      amount !== null && !isZero(amount)
        ? new Exact(amount).abs()
        : price == null
          ? new Exact(0)
          : new Exact(price).times(quantity).abs();
    if (worth.isZero()) return null;
    return toAmount((new Exact(quantity).isNegative() ? worth.neg() : worth).toFixed());
  }
  if (amount === null) return null;
  if (kind === 'deposit') return toAmount(new Exact(amount).abs().toFixed());
  if (kind === 'withdrawal') return toAmount(new Exact(amount).abs().neg().toFixed());
  return toAmount(new Exact(amount).neg().toFixed());
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
