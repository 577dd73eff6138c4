import { type Amount, type Currency, DEFAULT_CURRENCY } from '@/lib/domain/money';
import {
  CALENDAR_FIRST_DATE,
  CALENDAR_LAST_DATE,
  lastSessionThrough,
  nextSession,
} from '@/lib/domain/nyse-calendar';
import type { TradingDate } from '@/lib/domain/trading-date';
import { shorten } from './cells';
import type { ImportAccount } from './document';
import type { FileFault, FileRow } from './statement-file';

/** A value of a file in its place: which account, which trading day. */
export interface PlannedRow {
  readonly line: number;
  readonly account: ImportAccount;
  /** As the file gives it. */
  readonly writtenDate: TradingDate;
  /** The trading day whose close it follows; null outside of the calendar. */
  readonly date: TradingDate | null;
  readonly value: Amount;
  readonly currency: Currency;
}

export type ImportPlan =
  | { readonly rows: readonly PlannedRow[]; readonly faults: null }
  | { readonly rows: null; readonly faults: readonly FileFault[] };

/**
 * Finds the account and the trading day of each row. A value of a weekend or holiday was true after the close before, so it is that
 * day's. Rows that name no account are of `chosen`. Two rows that say the same are one; two that contradict each other are a fault.
 */
export function planImport(
  rows: readonly FileRow[],
  accounts: readonly ImportAccount[],
  chosen: string | null,
): ImportPlan {
  const faults: FileFault[] = [];
  const planned = new Map<string, PlannedRow>();
  for (const row of rows) {
    const account = findAccount(row, accounts, chosen);
    if (typeof account === 'string') {
      faults.push({ line: row.line, column: 'account', message: account });
      continue;
    }
    const place: PlannedRow = {
      line: row.line,
      account,
      writtenDate: row.date,
      date: sessionOf(row.date),
      value: row.value,
      currency: row.currency ?? account.currency ?? DEFAULT_CURRENCY,
    };
    const key = `${account.id} ${place.date ?? row.date}`;
    const known = planned.get(key);
    if (known === undefined) planned.set(key, place);
    else if (known.value !== place.value || known.currency !== place.currency)
      faults.push({
        line: row.line,
        column: 'value',
        message: `Line ${known.line} gives another value of ${account.name} for the same trading day${place.date === null ? '' : `, ${place.date}`}.`,
      });
  }
  return faults.length > 0 ? { rows: null, faults } : { rows: [...planned.values()], faults: null };
}

/** The calendar begins in the middle of a week, and about days before its first session it says nothing. */
function sessionOf(date: TradingDate): TradingDate | null {
  if (date < FIRST_SESSION || date > CALENDAR_LAST_DATE) return null;
  return lastSessionThrough(date).date;
}

const FIRST_SESSION = nextSession(CALENDAR_FIRST_DATE).date;

/** The account of a row, or what is wrong with how it is named. */
function findAccount(
  { account }: FileRow,
  accounts: readonly ImportAccount[],
  chosen: string | null,
): ImportAccount | string {
  if (account === null) {
    return (
      accounts.find(({ id }) => id === chosen) ?? 'It names no account. Name one, or choose one for the file.'
    );
  }
  const wanted = normalise(account);
  const found = accounts.filter(({ id, name, institution }) =>
    [id, name, `${institution} ${name}`].some((known) => normalise(known) === wanted),
  );
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const names = accounts.map(({ name, institution }) => `${institution} ${name}`).slice(0, NAMES_SHOWN);
  return found.length > 1
    ? `More than one account is called “${shorten(account)}”. Put its institution in front: ${names.join(', ')}.`
    : `You have no account called “${shorten(account)}”. Yours are: ${names.join(', ')}.`;
}

const NAMES_SHOWN = 5;

function normalise(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[\s·]+/g, ' ')
    .trim();
}
