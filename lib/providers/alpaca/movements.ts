import 'server-only';
import Decimal from 'decimal.js';
import { type Amount, isZero, toAmount, toCurrency } from '@/lib/domain/money';
import type { MovementKind } from '@/lib/domain/reconcile/evidence';
import { addDays, type Instant, toInstant } from '@/lib/domain/trading-date';
import { type DateRange, ProviderError, type ProviderMovement } from '@/lib/providers/provider';
import { ACTIVITIES_PER_PAGE, type AlpacaClient } from './client';
import type { AlpacaActivity } from './schema';

/**
 * Alpaca's activity types. What crosses the account's border are cash that comes and goes (CSD, CSW, and TRANS for either) and what
 * moves to or from another account (journals, ACATS, free-of-payment transfers). The list is open: a word that is not in it may
 * be anything, and moves the account by what nobody knows.
 */
const KINDS: Readonly<Record<string, MovementKind>> = {
  CSD: 'deposit',
  CSW: 'withdrawal',
  JNL: 'transfer',
  JNLC: 'transfer',
  JNLS: 'transfer',
  ACATC: 'transfer',
  ACATS: 'transfer',
  FOPT: 'transfer',
  DIV: 'dividend',
  CGD: 'dividend',
  DIVCGL: 'dividend',
  DIVCGS: 'dividend',
  DIVROC: 'dividend',
  DIVTXEX: 'dividend',
  INT: 'interest',
  PTR: 'interest',
  FEE: 'fee',
  CFEE: 'fee',
  PTC: 'fee',
  DIVFEE: 'fee',
  DIVFT: 'fee',
  DIVNRA: 'fee',
  DIVTW: 'fee',
  INTNRA: 'fee',
  INTTW: 'fee',
  WH: 'fee',
  FILL: 'other',
  MA: 'other',
  NC: 'other',
  OPASN: 'other',
  OPCA: 'other',
  OPCSH: 'other',
  OPEXC: 'other',
  OPEXP: 'other',
  OPTRD: 'other',
  REORG: 'other',
  SPIN: 'other',
  SPLIT: 'other',
  VOF: 'other',
};

/** Types that move securities: they come without cash, and are worth their number times their price where both are given. */
const ASSET_TYPES: ReadonlySet<string> = new Set(['JNL', 'JNLS', 'ACATS', 'FOPT']);

/** Rows are created up to so long before the date that they are booked on, such as one that settles later. */
const CREATED_BEFORE_DAYS = 7;

/** More than a hundred thousand rows is no account that we know. */
const PAGES_MAX = 1_000;

/**
 * Every page of what was booked on an account from some date on. Alpaca filters by when a row was created, which is the day after its
 * date or years later when it was corrected, so there is no end to what is asked for. Pages follow each other by the id of the last row.
 */
export async function readActivities(
  client: Pick<AlpacaClient, 'getActivities'>,
  { from }: DateRange,
): Promise<readonly AlpacaActivity[]> {
  const createdAfter: Instant = toInstant(`${addDays(from, -CREATED_BEFORE_DAYS)}T00:00:00Z`);
  const rows: AlpacaActivity[] = [];
  let token: string | null = null;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const read: readonly AlpacaActivity[] = await client.getActivities(createdAfter, token);
    rows.push(...read);
    if (read.length < ACTIVITIES_PER_PAGE) return rows;
    const last: string | null = read.at(-1)?.id ?? null;
    if (last === null || last === token) break;
    token = last;
  }
  throw new ProviderError('bad_data', 'the pages of Alpaca’s activities do not come to an end');
}

/**
 * The movements among activities, booked within the range, oldest first. A row without a date says of no day that something moved;
 * every other one does, whatever else is not known of it.
 */
export function toMovements(rows: readonly AlpacaActivity[], range: DateRange): ProviderMovement[] {
  return rowsInForce(rows)
    .flatMap((row) => toMovement(row, range) ?? [])
    .sort((a, b) => compare(a.date, b.date) || compare(JSON.stringify(a), JSON.stringify(b)));
}

/** A row that was cancelled never was. One that corrects stands in the place of those of its type and group that it corrects. */
function rowsInForce(rows: readonly AlpacaActivity[]): readonly AlpacaActivity[] {
  const groupOf = ({ group_id: group, activity_type: type }: AlpacaActivity): string | null =>
    group ? `${group} ${type ?? ''}` : null;
  const corrected = new Set(rows.filter(({ status }) => status === 'correct').map(groupOf));
  return rows.filter((row) => {
    if (row.status === 'canceled') return false;
    const group = groupOf(row);
    return row.status === 'correct' || group === null || !corrected.has(group);
  });
}

function toMovement(row: AlpacaActivity, range: DateRange): ProviderMovement | null {
  const date = row.date ?? null;
  if (date === null || date < range.from || date > range.to) return null;
  const amount = knownAmount(row);
  return {
    reference: row.id || null,
    vendorType: row.activity_type ?? '',
    kind: kindOf(row.activity_type ?? '', amount),
    amount,
    currency: toCurrency(row.currency ?? ''),
    date,
    description: row.description ?? null,
  };
}

function kindOf(type: string, amount: Amount | null): MovementKind {
  // Cash one way or the other, as its sign says; without one it is not known which.
  if (type === 'TRANS') {
    if (amount === null || isZero(amount)) return 'transfer';
    return new Decimal(amount).isNegative() ? 'withdrawal' : 'deposit';
  }
  const kind = KINDS[type] ?? 'unclassified';
  // Paid in shares or coins: what the account holds changes, and no cash moves.
  const isInner = kind === 'dividend' || kind === 'interest' || kind === 'fee';
  return isInner && amount !== null && isZero(amount) ? 'other' : kind;
}

/** Cash into the account is positive already. What assets are worth is not known without their price. */
function knownAmount({ activity_type: type, net_amount: net, qty, price }: AlpacaActivity): Amount | null {
  const amount = net ?? null;
  if ((amount !== null && !isZero(amount)) || !ASSET_TYPES.has(type ?? '')) return amount;
  if (qty == null || price == null) return null;
  const worth = toAmount(new Decimal(qty).times(price).toFixed());
  return worth === null || isZero(worth) ? null : worth;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
