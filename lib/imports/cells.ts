import { type Amount, toAmount } from '@/lib/domain/money';
import { isDate, type TradingDate } from '@/lib/domain/trading-date';

/** A cell of a column with its place. */
export interface Cell {
  readonly line: number;
  readonly text: string;
}

/** A cell as a message may quote it. */
export function shorten(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40).toWellFormed()}…`;
}

/** What the cells of a column mean, in their order, and what is wrong with those that mean nothing. */
interface ReadColumn<T> {
  readonly read: readonly (T | undefined)[];
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

/** One way to write things down. */
type Convention<T> = (text: string) => T | null;

interface Words<T> {
  /** What is said of a cell that means nothing under any convention. */
  readonly meaningless: string;
  /** What is said of a cell that means different things, given two of them. */
  readonly ambiguous: (one: T, other: T) => string;
  readonly contradictory: string;
}

/**
 * Reads a column in the one convention under which all of it makes sense. Where several do and say the same, either will do; where
 * they differ nobody knows which is meant, and none is guessed.
 */
function readColumn<T extends string>(
  cells: readonly Cell[],
  conventions: readonly Convention<T>[],
  words: Words<T>,
): ReadColumn<T> {
  const readings = conventions.map((read) => cells.map(({ text }) => read(text)));
  const meaningless = cells.flatMap(({ line, text }, index) =>
    readings.every((reading) => reading[index] === null)
      ? [{ line, message: `${text === '' ? 'An empty cell' : `“${shorten(text)}”`} ${words.meaningless}` }]
      : [],
  );
  if (meaningless.length > 0) return { read: [], faults: meaningless };
  const whole = readings.filter((reading) => reading.every((one) => one !== null));
  const [first, second] = whole;
  if (first === undefined) {
    const line = cells[firstContradiction(readings, cells.length)]?.line ?? 1;
    return { read: [], faults: [{ line, message: words.contradictory }] };
  }
  const differs = second === undefined ? -1 : first.findIndex((one, index) => one !== second[index]);
  const [one, other] = [first[differs] ?? null, second?.[differs] ?? null];
  if (one !== null && other !== null)
    return {
      read: [],
      faults: [
        {
          line: cells[differs]?.line ?? 1,
          message: `“${shorten(cells[differs]?.text ?? '')}” ${words.ambiguous(one, other)}`,
        },
      ],
    };
  return { read: first.map((read) => read ?? undefined), faults: [] };
}

/** The first cell by which no convention is left. */
function firstContradiction(readings: readonly (readonly unknown[])[], length: number): number {
  for (let index = 0; index < length; index += 1) {
    if (readings.every((reading) => reading.slice(0, index + 1).includes(null))) return index;
  }
  return 0;
}

/** Reads amounts with a point or a comma before their decimals, in groups of thousands or not. */
export function readAmounts(cells: readonly Cell[]): ReadColumn<Amount> {
  return readColumn<Amount>(cells, [amountWith('.', ','), amountWith(',', '.')], {
    meaningless: 'is no amount. Write it like 12345.67, without letters or signs of a currency.',
    ambiguous: (one, other) =>
      `could be ${one} or ${other}, and no other value tells which. Write all values with two decimals.`,
    contradictory:
      'Some values have a comma before their decimals and some a point. Write all of them alike.',
  });
}

/** Beyond this no portfolio goes, and no rounding is hidden. */
const AMOUNT = { wholeMax: 15, decimalsMax: 8 };

function amountWith(point: '.' | ',', comma: '.' | ','): Convention<Amount> {
  const group = `[${comma === '.' ? '\\.' : ','}\\u0020\\u00A0\\u202F'’]`;
  const pattern = new RegExp(`^(?:\\d+|[1-9]\\d{0,2}(?:${group}\\d{3})+)(?:\\${point}\\d+)?$`);
  return (text) => {
    const isInBrackets = /^\(.*\)$/.test(text);
    const unsigned = isInBrackets ? text.slice(1, -1) : text.replace(/^[-−+]/, '');
    if (!pattern.test(unsigned)) return null;
    const [whole = '', decimals = ''] = unsigned.split(point).map((part) => part.replaceAll(/\D/g, ''));
    if (whole.length > AMOUNT.wholeMax || decimals.length > AMOUNT.decimalsMax) return null;
    const sign = isInBrackets || /^[-−]/.test(text) ? '-' : '';
    return toAmount(`${sign}${whole}${decimals === '' ? '' : `.${decimals}`}`);
  };
}

/** Reads dates: 2025-12-31, 31.12.2025, 31 Dec 2025, Dec 31, 2025, and with slashes where the column tells which is the month. */
export function readDates(cells: readonly Cell[]): ReadColumn<TradingDate> {
  return readColumn<TradingDate>(cells, [dateWith('day'), dateWith('month')], {
    meaningless: 'is no date. Write it like 2025-12-31.',
    ambiguous: (one, other) =>
      `could be ${one} or ${other}, and no other date tells which. Write dates like 2025-12-31.`,
    contradictory:
      'Some dates begin with the day and some with the month. Write all of them like 2025-12-31.',
  });
}

function dateWith(first: 'day' | 'month'): Convention<TradingDate> {
  return (text) => {
    const iso = /^(\d{4})[-/](\d{2})[-/](\d{2})$/.exec(text);
    if (iso !== null) return toRealDate(iso[1], iso[2], iso[3]);
    const dotted = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(text);
    if (dotted !== null) return toRealDate(dotted[3], dotted[2], dotted[1]);
    const dayFirst = /^(\d{1,2})[ -]([A-Za-z]{3,9})\.?[ -](\d{4})$/.exec(text);
    if (dayFirst !== null) return toRealDate(dayFirst[3], monthOf(dayFirst[2]), dayFirst[1]);
    const monthFirst = /^([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})$/.exec(text);
    if (monthFirst !== null) return toRealDate(monthFirst[3], monthOf(monthFirst[1]), monthFirst[2]);
    const slashed = /^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$/.exec(text);
    if (slashed === null) return null;
    const [, one, other, year] = slashed;
    return first === 'day' ? toRealDate(year, other, one) : toRealDate(year, one, other);
  };
}

const MONTH_NAMES = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];

/** The number of a month by its English name or its first letters. */
function monthOf(name: string | undefined): string | undefined {
  const lower = name?.toLowerCase();
  const index = MONTH_NAMES.findIndex(
    (month) => month === lower || month.slice(0, 3) === lower || (lower === 'sept' && month === 'september'),
  );
  return index < 0 ? undefined : String(index + 1);
}

function toRealDate(year?: string, month?: string, day?: string): TradingDate | null {
  const text = `${year}-${month?.padStart(2, '0')}-${day?.padStart(2, '0')}`;
  return isDate(text) ? text : null;
}
