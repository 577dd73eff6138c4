/** A column of a table: `text` may hold what somebody else wrote, `data` only numbers, dates and words of our own. */
export interface CsvColumn {
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
