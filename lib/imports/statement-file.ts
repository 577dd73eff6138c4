import { CsvError, parse } from 'csv-parse/sync';
import type { Amount, Currency } from '@/lib/domain/money';
import { toCurrency } from '@/lib/domain/money';
import type { TradingDate } from '@/lib/domain/trading-date';
import { type Cell, readAmounts, readDates, shorten } from './cells';

/** What is wrong with a file, and where, in words for whoever made it. */
export interface FileFault {
  /** Counted from 1, as an editor does. */
  readonly line: number;
  /** Null when the whole line is meant. */
  readonly column: string | null;
  readonly message: string;
}

/** One value of a file, as it is written there. */
export interface FileRow {
  readonly line: number;
  readonly date: TradingDate;
  readonly value: Amount;
  /** Null where the file does not name one. */
  readonly currency: Currency | null;
  readonly account: string | null;
}

export type ParsedFile =
  | { readonly rows: readonly FileRow[]; readonly faults: null }
  | { readonly rows: null; readonly faults: readonly FileFault[] };

/** A decade of trading days of two accounts. */
export const FILE_ROWS_MAX = 5_000;

/** What each column may be called. */
const NAMES = {
  date: ['date', 'day', 'as of', 'statement date', 'value date'],
  value: ['value', 'total', 'total value', 'market value', 'balance'],
  currency: ['currency', 'ccy'],
  account: ['account', 'account name'],
} as const;
type Column = keyof typeof NAMES;

interface Line {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV of past values with a header: date and value, if there are any also currency and account; other columns are left
 * aside. Cells are separated by commas, semicolons or tabs. A file with any fault is refused as a whole, with all of its faults.
 */
export function parseStatementFile(text: string): ParsedFile {
  const lines = readLines(text);
  if ('faults' in lines) return lines;
  const [header, ...body] = lines;
  if (header === undefined) return refuse([{ line: 1, column: null, message: 'The file is empty.' }]);
  const places = findColumns(header);
  if ('faults' in places) return places;
  if (body.length === 0)
    return refuse([{ line: header.line, column: null, message: 'There is no value below the header.' }]);
  if (body.length > FILE_ROWS_MAX)
    return refuse([
      {
        line: body[FILE_ROWS_MAX]?.line ?? header.line,
        column: null,
        message: `A file may have at most ${FILE_ROWS_MAX} values; split it.`,
      },
    ]);
  return readRows(header, body, places);
}

function readRows(header: Line, body: readonly Line[], places: Places): ParsedFile {
  const short = body.filter(({ cells }) => cells.length !== header.cells.length);
  if (short.length > 0)
    return refuse(
      short.map(({ line, cells }) => ({
        line,
        column: null,
        message: `It has ${count(cells.length)}, the header has ${header.cells.length}. An amount with a comma in it needs quotation marks.`,
      })),
    );
  const column = (name: Column): readonly Cell[] | null => {
    const place = places[name];
    return place === undefined ? null : body.map(({ line, cells }) => ({ line, text: cells[place] ?? '' }));
  };
  const dates = readDates(column('date') ?? []);
  const values = readAmounts(column('value') ?? []);
  const currencies = readCurrencies(column('currency') ?? []);
  const accounts = column('account');
  const faults = [
    ...dates.faults.map((fault) => ({ ...fault, column: 'date' })),
    ...values.faults.map((fault) => ({ ...fault, column: 'value' })),
    ...currencies.faults.map((fault) => ({ ...fault, column: 'currency' })),
  ];
  if (faults.length > 0) return refuse(faults.toSorted((one, other) => one.line - other.line));
  return {
    faults: null,
    rows: body.flatMap(({ line }, index) => {
      const date = dates.read[index];
      const value = values.read[index];
      if (date === undefined || value === undefined) return [];
      const account = accounts?.[index]?.text || null;
      return [{ line, date, value, currency: currencies.read[index] ?? null, account }];
    }),
  };
}

function count(cells: number): string {
  return cells === 1 ? '1 column' : `${cells} columns`;
}

/** An empty cell names no currency. */
function readCurrencies(cells: readonly Cell[]) {
  const read = cells.map(({ text }) => (text === '' ? null : toCurrency(text.toUpperCase())));
  const faults = cells.flatMap(({ line, text }, index) =>
    text !== '' && read[index] === null
      ? [{ line, message: `“${shorten(text)}” is no currency; write three letters, such as USD.` }]
      : [],
  );
  return { read, faults };
}

function readLines(text: string): readonly Line[] | Refused {
  if (text.includes('\0') || text.includes('\uFFFD'))
    return refuse([
      { line: 1, column: null, message: 'This is no text in UTF-8. Save the file as “CSV UTF-8”.' },
    ]);
  const content = text.startsWith('\uFEFF') ? text.slice(1) : text;
  try {
    const lines: Line[] = [];
    parse(content, {
      delimiter: delimiterOf(content),
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      trim: true,
      max_record_size: RECORD_SIZE_MAX,
      on_record: (cells: string[], info) => {
        lines.push({ line: info.lines, cells });
        return null;
      },
    });
    return lines;
  } catch (error) {
    if (error instanceof CsvError) return refuse([faultOf(error)]);
    throw error;
  }
}

/** Far beyond any line of a statement. */
const RECORD_SIZE_MAX = 10_000;

/** The header names the columns, so whatever separates its names separates all cells. */
function delimiterOf(text: string): ',' | ';' | '\t' {
  const header = /^[\r\n]*([^\r\n]*)/.exec(text)?.[1] ?? '';
  if (header.includes(';')) return ';';
  return header.includes('\t') ? '\t' : ',';
}

function faultOf(error: CsvError): FileFault {
  const at: unknown = Reflect.get(error, 'lines');
  const line = typeof at === 'number' ? at : 1;
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return { line, column: null, message: 'A quotation mark is opened and never closed.' };
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return { line, column: null, message: 'A quotation mark stands where none may be.' };
    case 'CSV_MAX_RECORD_SIZE':
      return { line, column: null, message: 'This line is too long; perhaps a quotation mark is missing.' };
    default:
      return { line, column: null, message: 'This line is no CSV.' };
  }
}

type Places = Readonly<Partial<Record<Column, number>>>;
type Refused = Extract<ParsedFile, { readonly rows: null }>;

function findColumns({ line, cells }: Line): Places | Refused {
  const names = cells.map((cell) => cell.toLowerCase().replaceAll(/[\s_]+/g, ' '));
  const places: Partial<Record<Column, number>> = {};
  const faults: FileFault[] = [];
  for (const column of ['date', 'value', 'currency', 'account'] as const) {
    const found = names.flatMap((name, index) =>
      NAMES[column].some((known) => known === name) ? [index] : [],
    );
    if (found.length > 1)
      faults.push({ line, column, message: `More than one column is called “${column}” or the like.` });
    else if (found[0] !== undefined) places[column] = found[0];
    else if (column === 'date' || column === 'value')
      faults.push({
        line,
        column,
        message: `The first line has to name the columns, and none is called “${column}”.`,
      });
  }
  return faults.length > 0 ? refuse(faults) : places;
}

function refuse(faults: readonly FileFault[]): Refused {
  return { rows: null, faults };
}
