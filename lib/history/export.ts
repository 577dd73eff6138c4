import { type Amount, addAmounts } from '@/lib/domain/money';
import type { TradingDate } from '@/lib/domain/trading-date';
import type { HistoryDocument, HistoryFlow } from './document';

/** A column of a table: `text` may hold what somebody else wrote, `data` only numbers, dates and words of our own. */
interface CsvColumn {
  readonly name: string;
  readonly holds: 'text' | 'data';
}

/** Without it Excel takes UTF-8 for the code page of its own language. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * A sign that may begin a formula, and what stands before it: the start of the cell, a separator, a line's end or a quote,
 * and white space. Signs of full width count as the others do.
 */
const FORMULA_START = /(^\s*|[,;\t|\r\n"]\s*)([=+\-@＝＋－＠])/g;
const NEEDS_QUOTES = /[",;\t|\r\n]/;

/**
 * A table as CSV for spreadsheets (RFC 4180: commas, CRLF, quotes where needed, with a byte order mark), with a header. A
 * null cell is empty. A spreadsheet would run a text that it takes for a formula, so an apostrophe makes it text, in front
 * of the cell and of each part that another language would cut it into.
 */
export function toCsv(columns: readonly CsvColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [
    columns.map(({ name }) => quote(name)),
    ...rows.map((row) => columns.map(({ holds }, index) => cell(row[index] ?? '', holds))),
  ];
  return BYTE_ORDER_MARK + lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function cell(value: string, holds: CsvColumn['holds']): string {
  return quote(holds === 'text' ? neutralise(value) : value);
}

/** An apostrophe in front of each sign that could begin a formula. */
function neutralise(value: string): string {
  return value.replaceAll(FORMULA_START, "$1'$2");
}

function quote(value: string): string {
  return NEEDS_QUOTES.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

/** One point or one gap, with all that is known of it; null where a column does not apply or nobody knows. */
type ExportRow = Readonly<Record<ExportColumn, string | null>>;

type ExportColumn = (typeof COLUMNS)[number]['name'];

/** What somebody takes along of their history: what they see, row by row, oldest first. */
export interface HistoryExport {
  readonly period: string;
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly currency: string;
  /** What the values are when they are not a real brokerage's. */
  readonly notice: string | null;
  readonly accounts: readonly { readonly name: string; readonly institution: string }[];
  readonly summary: HistoryDocument['summary'];
  readonly rows: readonly ExportRow[];
}

/** Names as a spreadsheet wants them. A gap spans from `date` to `through`; a point has both on its one day. */
const COLUMNS = [
  { name: 'row', holds: 'data' },
  { name: 'date', holds: 'data' },
  { name: 'through', holds: 'data' },
  { name: 'value', holds: 'data' },
  { name: 'currency', holds: 'data' },
  { name: 'kind', holds: 'data' },
  { name: 'source', holds: 'text' },
  { name: 'as_of', holds: 'data' },
  { name: 'accounts', holds: 'text' },
  { name: 'accounts_present', holds: 'data' },
  { name: 'accounts_expected', holds: 'data' },
  { name: 'carried_accounts', holds: 'text' },
  { name: 'left_out_accounts', holds: 'text' },
  { name: 'flow', holds: 'data' },
  { name: 'net_deposits', holds: 'data' },
  { name: 'time_weighted_return', holds: 'data' },
  { name: 'drawdown', holds: 'data' },
  { name: 'benchmark_close', holds: 'data' },
  { name: 'gap_reason', holds: 'data' },
  { name: 'gap_days', holds: 'data' },
  { name: 'notice', holds: 'text' },
] as const satisfies readonly CsvColumn[];

/** A history as the table that is taken along. `flow` is what came in since the point before, up to the day of the row. */
export function exportHistory(history: HistoryDocument): HistoryExport {
  const { period, from, to, currency, dataNotice, accounts, summary } = history;
  return {
    period,
    from,
    to,
    currency,
    notice: dataNotice,
    accounts: accounts
      .filter(({ isShown }) => isShown)
      .map(({ name, institution }) => ({ name, institution })),
    summary,
    rows: [...pointRows(history), ...gapRows(history)].toSorted((one, other) =>
      String(one.date) < String(other.date) ? -1 : 1,
    ),
  };
}

export function exportToCsv({ rows }: HistoryExport): string {
  return toCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map(({ name }) => row[name])),
  );
}

const NOTHING: ExportRow = {
  row: null,
  date: null,
  through: null,
  value: null,
  currency: null,
  kind: null,
  source: null,
  as_of: null,
  accounts: null,
  accounts_present: null,
  accounts_expected: null,
  carried_accounts: null,
  left_out_accounts: null,
  flow: null,
  net_deposits: null,
  time_weighted_return: null,
  drawdown: null,
  benchmark_close: null,
  gap_reason: null,
  gap_days: null,
  notice: null,
};

function pointRows(history: HistoryDocument): readonly ExportRow[] {
  const { points, flows, currency, dataNotice } = history;
  const accounts = nameAccounts(history);
  const closes = new Map(history.benchmark?.points.map(({ date, close }) => [date, close]));
  return points.map((point, index) => ({
    ...NOTHING,
    row: 'value',
    date: point.date,
    through: point.date,
    value: point.value,
    currency,
    kind: point.kind,
    source: point.source,
    as_of: point.asOf,
    accounts,
    accounts_present: String(point.accountsPresent),
    accounts_expected: String(point.accountsExpected),
    carried_accounts: point.carried.map(({ name, from }) => `${name} from ${from}`).join('; ') || null,
    left_out_accounts: point.leftOut.map(({ name }) => name).join('; ') || null,
    flow: flows === null ? null : flowBetween(flows, points[index - 1]?.date ?? point.date, point.date),
    net_deposits: point.netDeposits,
    time_weighted_return: point.twr,
    drawdown: point.drawdown,
    benchmark_close: closes.get(point.date) ?? null,
    notice: dataNotice,
  }));
}

/** Of which accounts a row is, so that a table of some is never taken for one of all. */
function nameAccounts({ accounts }: Pick<HistoryDocument, 'accounts'>): string {
  const shown = accounts.filter(({ isShown }) => isShown);
  if (shown.length === accounts.length) return 'all';
  return shown.map(({ name, institution }) => `${name} at ${institution}`).join('; ');
}

function gapRows(history: HistoryDocument): readonly ExportRow[] {
  const { gaps, dataNotice } = history;
  const accounts = nameAccounts(history);
  return gaps.map(({ from, to, days, reason }) => ({
    ...NOTHING,
    row: 'gap',
    date: from,
    through: to,
    accounts,
    gap_reason: reason,
    gap_days: String(days),
    notice: dataNotice,
  }));
}

/** What came in after one date, up to and including another. */
function flowBetween(flows: readonly HistoryFlow[], after: TradingDate, until: TradingDate): Amount {
  return addAmounts(...flows.filter(({ date }) => date > after && date <= until).map(({ amount }) => amount));
}
