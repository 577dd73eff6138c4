'use client';

import { TABLE_COLUMNS, type TableColumn, type TableOrder } from './table-rows';

/** The space around what stands in a cell. */
export const CELL = 'px-3 py-2.5 first:pl-0 last:pr-0';

/** Columns of figures, which stand under each other at their right edge. */
const FIGURES: readonly TableColumn[] = ['value', 'flow', 'netDeposits', 'twr', 'drawdown'];

const COLUMN_NAMES: Readonly<Record<TableColumn, string>> = {
  date: 'Trading day',
  value: 'Value',
  flow: 'Paid in or out',
  netDeposits: 'Net deposits',
  twr: 'Return',
  drawdown: 'Drawdown',
  kind: 'How it is known',
  asOf: 'As of',
  accounts: 'Accounts',
};

/** The names of the columns; pressing one sorts by it, pressing it again turns the order round. */
export function TableHead({
  order,
  onOrderChange,
}: {
  readonly order: TableOrder;
  readonly onOrderChange: (order: TableOrder) => void;
}) {
  return (
    <thead className="sticky top-0 z-10 bg-surface text-xs text-ink-soft">
      <tr className="shadow-[inset_0_-1px_0_var(--hairline)]">
        {TABLE_COLUMNS.map((column) => {
          const isSorted = order.column === column;
          const isFigure = FIGURES.includes(column);
          return (
            <th
              key={column}
              scope="col"
              aria-sort={isSorted ? order.direction : 'none'}
              className={`bg-surface font-medium ${CELL} ${isFigure ? 'text-right' : ''} ${column === 'date' ? 'sticky left-0' : ''}`}
            >
              <button
                type="button"
                // The arrow stands before a figure's name, so that the name ends where the figures end.
                className={`-my-2 inline-flex min-h-9 ${isFigure ? 'flex-row-reverse' : ''} items-center gap-1 rounded whitespace-nowrap hover:text-ink ${isSorted ? 'font-semibold text-ink' : ''}`}
                onClick={() => onOrderChange({ column, direction: nextDirection(order, column) })}
              >
                {COLUMN_NAMES[column]}
                <span aria-hidden="true" className="w-2.5">
                  {isSorted ? (order.direction === 'ascending' ? '↑' : '↓') : ''}
                </span>
              </button>
            </th>
          );
        })}
      </tr>
    </thead>
  );
}

/** A new column starts with its newest or largest. */
function nextDirection(order: TableOrder, column: TableColumn): TableOrder['direction'] {
  return order.column === column && order.direction === 'descending' ? 'ascending' : 'descending';
}
