/** A column of a table: `text` may hold what somebody else wrote, `data` only numbers, dates and words of our own. */
export interface CsvColumn {
  readonly name: string;
  readonly holds: 'text' | 'data';
}

/**
 * A table as CSV (RFC 4180: commas, CRLF, quotes where needed), with a header. A null cell is empty. A spreadsheet takes a
 * text that begins with `=`, `+`, `-` or `@` for a formula and would run it, so an apostrophe makes it text.
 */
export function toCsv(columns: readonly CsvColumn[], rows: readonly (readonly (string | null)[])[]): string {
  const lines = [
    columns.map(({ name }) => quote(name)),
    ...rows.map((row) => columns.map(({ holds }, index) => cell(row[index] ?? '', holds))),
  ];
  return lines.map((line) => `${line.join(',')}\r\n`).join('');
}

function cell(value: string, holds: CsvColumn['holds']): string {
  // A spreadsheet skips white space in front of a formula.
  const isFormula = holds === 'text' && /^\s*[=+\-@]/.test(value);
  return quote(isFormula ? `'${value}` : value);
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
