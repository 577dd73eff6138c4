import type { Formats } from '@/components/format/formats';
import type { DayTotal } from '@/lib/coverage/document';
import { addDays, dayOfWeek, daysBetween, type TradingDate } from '@/lib/domain/trading-date';

/** How a column is headed and set apart from the one before. */
export interface GridColumn {
  readonly date: TradingDate;
  /** The month at its first session, the day of the month at each week's first; nothing in between. */
  readonly heading: string;
  readonly startsWeek: boolean;
  /** Weekdays without a session between the column before and this one: the exchange was closed. */
  readonly closures: readonly TradingDate[];
}

/** The columns of some trading days, oldest first. */
export function describeColumns(days: readonly TradingDate[], formats: Formats): readonly GridColumn[] {
  return days.map((date, at) => {
    const before = days[at - 1];
    const startsMonth = before === undefined || before.slice(0, 7) !== date.slice(0, 7);
    const startsWeek =
      before === undefined || dayOfWeek(date) < dayOfWeek(before) || daysBetween(before, date) > 6;
    return {
      date,
      heading: startsMonth ? formats.month(date) : startsWeek ? String(Number(date.slice(8))) : '',
      startsWeek,
      closures: before === undefined ? [] : weekdaysBetween(before, date),
    };
  });
}

function weekdaysBetween(before: TradingDate, after: TradingDate): TradingDate[] {
  return Array.from({ length: daysBetween(before, after) - 1 }, (_, at) => addDays(before, at + 1)).filter(
    (date) => dayOfWeek(date) !== 0 && dayOfWeek(date) !== 6,
  );
}

/** A count as short as a square is wide; rounded down, so that what is short of everybody never reads like everybody. */
export function shortCount(count: number, { locale }: Formats): string {
  if (count < 1000) return String(count);
  const [unit, size] = count < 1_000_000 ? (['k', 1000] as const) : (['M', 1_000_000] as const);
  const digits = count < 10 * size ? 10 : 1;
  return `${new Intl.NumberFormat(locale).format(Math.floor((count / size) * digits) / digits)}${unit}`;
}

/** A column's total in words. */
export function describeTotal(
  { expected, complete, estimated }: DayTotal,
  formats: Pick<Formats, 'count'>,
): string {
  if (expected === 0) return 'expected of nobody';
  const missing = expected - complete - estimated;
  return [
    `${formats.count(complete)} of ${formats.count(expected)} ${expected === 1 ? 'user' : 'users'} complete`,
    ...(estimated > 0 ? [`${formats.count(estimated)} estimated`] : []),
    ...(missing > 0 ? [`${formats.count(missing)} missing`] : []),
  ].join(', ');
}

/** The row of totals above the users. */
export const TOTALS_ROW = -1;

/** A place in the grid: column -1 is the name of the row. */
export interface GridPlace {
  readonly row: number;
  readonly column: number;
}

interface GridSize {
  readonly rows: number;
  readonly columns: number;
  /** How many rows a page key moves by. */
  readonly pageRows: number;
}

/** Where a key leads from a place, as the grid pattern of ARIA has it; null when the key moves nothing. */
export function moveByKey(
  { row, column }: GridPlace,
  { key, ctrlKey }: { readonly key: string; readonly ctrlKey: boolean },
  { rows, columns, pageRows }: GridSize,
): GridPlace | null {
  const at = (wantedRow: number, wantedColumn: number): GridPlace => ({
    row: Math.min(Math.max(wantedRow, row === TOTALS_ROW ? TOTALS_ROW : 0), rows - 1),
    column: Math.min(Math.max(wantedColumn, -1), columns - 1),
  });
  switch (key) {
    case 'ArrowUp':
      return row <= 0 ? { row: TOTALS_ROW, column } : at(row - 1, column);
    case 'ArrowDown':
      return at(row + 1, column);
    case 'ArrowLeft':
      return at(row, column - 1);
    case 'ArrowRight':
      return at(row, column + 1);
    case 'Home':
      return at(ctrlKey ? 0 : row, -1);
    case 'End':
      return at(ctrlKey ? rows - 1 : row, columns - 1);
    case 'PageUp':
      return at(row - pageRows, column);
    case 'PageDown':
      return at(row + pageRows, column);
    default:
      return null;
  }
}
