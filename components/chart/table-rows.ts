import { subtractAmounts } from '@/lib/domain/amount';
import { KINDS } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';
import type { DayPoint, GapPoint } from './data-points';
import { netOf } from './descriptions';
import { buildChartSeries } from './series';

/** A row of the table: a day, or a whole gap. */
export type TableRow = DayPoint | GapPoint;

/** What a table can be sorted by. */
export const TABLE_COLUMNS = [
  'date',
  'value',
  'dayChange',
  'sinceStart',
  'flow',
  'netDeposits',
  'twr',
  'drawdown',
  'kind',
  'asOf',
  'accounts',
] as const;

export type TableColumn = (typeof TABLE_COLUMNS)[number];

export interface TableOrder {
  readonly column: TableColumn;
  readonly direction: 'ascending' | 'descending';
}

/** What a day's value differs by from the day before, and from the first day. */
export function changesOf(row: DayPoint, first: HistoryPoint | null) {
  return {
    dayChange: row.before === null ? null : subtractAmounts(row.point.value, row.before.value),
    sinceStart:
      first === null || first.date >= row.point.date ? null : subtractAmounts(row.point.value, first.value),
  };
}

/** The first day of a history, from which changes are measured. */
export function firstOf(rows: readonly TableRow[]): HistoryPoint | null {
  return rows.reduce<HistoryPoint | null>(
    (first, row) =>
      row.type === 'point' && (first === null || row.point.date < first.date) ? row.point : first,
    null,
  );
}

/** All days and gaps of a history in an order. Rows that have nothing in the column come last, newest first, either way. */
export function listRows(history: HistoryDocument, { column, direction }: TableOrder): TableRow[] {
  const sign = direction === 'ascending' ? 1 : -1;
  const rows = buildChartSeries(history, 'value').dataPoints.filter(
    (dataPoint) => dataPoint.type === 'point' || dataPoint.type === 'gap',
  );
  // Stops come oldest first, and sorting keeps that order among equals, so newest first is the order to start from.
  const first = firstOf(rows);
  return rows.toReversed().sort((a, b) => {
    const [one, other] = [keyOf(a, column, first), keyOf(b, column, first)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return one === other ? 0 : one < other ? -sign : sign;
  });
}

/** Numbers are for ordering only; what is shown is the exact amount. */
function keyOf(row: TableRow, column: TableColumn, first: HistoryPoint | null): number | string | null {
  if (column === 'flow') return row.flows.length === 0 ? null : netOf(row.flows);
  if (row.type === 'gap') return column === 'date' ? row.band.gap.from : null;
  const { point } = row;
  switch (column) {
    case 'date':
      return point.date;
    case 'value':
      return Number(point.value);
    case 'dayChange':
    case 'sinceStart': {
      const change = changesOf(row, first)[column];
      return change === null ? null : Number(change);
    }
    case 'netDeposits':
    case 'twr':
    case 'drawdown':
      return point[column] === null ? null : Number(point[column]);
    case 'kind':
      return KINDS.indexOf(point.kind);
    case 'asOf':
      return point.asOf;
    case 'accounts':
      return point.accountsPresent / Math.max(1, point.accountsExpected);
  }
}
