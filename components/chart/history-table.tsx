'use client';

import { useMemo, useState } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { GAP_LABELS } from '@/components/labels/states';
import { Button } from '@/components/ui/button';
import { type Amount, addAmounts } from '@/lib/domain/amount';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';
import type { DayEvents, DayPoint, GapPoint } from './data-points';
import {
  describeCompleteness,
  describeCorrections,
  describeDays,
  describeGapDates,
  describeKind,
} from './descriptions';
import { CHART_HEIGHT } from './layout';
import { changesOf, firstOf, listRows, TABLE_COLUMNS, type TableColumn, type TableOrder } from './table-rows';

/** The space around what stands in a cell. */
const CELL = 'px-3 py-2.5 first:pl-0 last:pr-0';

/** Columns of figures, which stand under each other at their right edge. */
const FIGURES: readonly TableColumn[] = [
  'value',
  'dayChange',
  'sinceStart',
  'flow',
  'netDeposits',
  'twr',
  'drawdown',
];

const COLUMN_NAMES: Readonly<Record<TableColumn, string>> = {
  date: 'Trading day',
  value: 'Value',
  dayChange: 'Day’s change',
  sinceStart: 'Since the start',
  flow: 'Deposits and withdrawals',
  netDeposits: 'Net deposits',
  twr: 'Return',
  drawdown: 'Drop from high',
  kind: 'How it is known',
  asOf: 'As of',
  accounts: 'Accounts',
};

/** The names of the columns; pressing one sorts by it, pressing it again turns the order round. */
function TableHead({
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

/** More rows than a year has; a phone draws so many at once without a pause. */
const ROWS_PER_STEP = 300;
const NEWEST_FIRST: TableOrder = { column: 'date', direction: 'descending' };

/** Every day of the chart as a table that sorts by any column, gaps included; it scrolls in the chart's own place. */
export function HistoryTable({ history }: { readonly history: HistoryDocument }) {
  const formats = useFormats();
  const [order, setOrder] = useState(NEWEST_FIRST);
  const [shown, setShown] = useState(ROWS_PER_STEP);
  const rows = useMemo(() => listRows(history, order), [history, order]);
  const first = useMemo(() => firstOf(rows), [rows]);
  const left = rows.length - shown;
  return (
    <section
      aria-label="Table of values"
      // Scrolling areas must be reachable by keyboard.
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it is what scrolls.
      tabIndex={0}
      className={`overflow-auto rounded-lg ${CHART_HEIGHT}`}
    >
      <table className="tabular w-full min-w-6xl text-left text-sm">
        <caption className="sr-only">Portfolio history by trading day</caption>
        <TableHead order={order} onOrderChange={setOrder} />
        <tbody className="divide-y divide-hairline">
          {rows
            .slice(0, shown)
            .map((row) =>
              row.type === 'point' ? (
                <PointRow key={row.index} row={row} first={first} />
              ) : (
                <GapRow key={row.index} row={row} />
              ),
            )}
        </tbody>
      </table>
      {left > 0 && (
        <div className="sticky left-0 py-3 text-center">
          <Button onClick={() => setShown(shown + ROWS_PER_STEP)}>
            Show {formats.count(Math.min(left, ROWS_PER_STEP))} more of {formats.count(left)}
          </Button>
        </div>
      )}
    </section>
  );
}

function ChangeCell({ change }: { readonly change: Amount | null }) {
  const formats = useFormats();
  return (
    <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>
      {change === null ? '' : formats.signedMoney(change)}
    </td>
  );
}

function PointRow({ row, first }: { readonly row: DayPoint; readonly first: HistoryPoint | null }) {
  const formats = useFormats();
  const { point } = row;
  const { dayChange, sinceStart } = changesOf(row, first);
  const percent = (fraction: typeof point.twr) => (fraction === null ? '–' : formats.signedPercent(fraction));
  return (
    <tr>
      <th scope="row" className={`${CELL} sticky left-0 bg-surface font-normal whitespace-nowrap`}>
        {formats.date(point.date)}
      </th>
      <td className={`${CELL} text-right font-medium whitespace-nowrap`}>{formats.money(point.value)}</td>
      <ChangeCell change={dayChange} />
      <ChangeCell change={sinceStart} />
      <FlowCell flows={row.flows} />
      <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>
        {point.netDeposits === null ? '–' : formats.signedMoney(point.netDeposits)}
      </td>
      <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>{percent(point.twr)}</td>
      <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>{percent(point.drawdown)}</td>
      <td className={`${CELL} min-w-56 text-ink-soft`}>
        {describeKind(point, formats)}
        <CorrectionLines corrections={row.corrections} />
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>
        <time dateTime={point.asOf} title={formats.utc(point.asOf)}>
          {formats.instant(point.asOf)}
        </time>
      </td>
      <td className={`${CELL} whitespace-nowrap text-ink-soft`}>{describeCompleteness(point)}</td>
    </tr>
  );
}

function GapRow({ row }: { readonly row: GapPoint }) {
  const formats = useFormats();
  const { gap } = row.band;
  return (
    <tr className="bg-gap-fill">
      <th scope="row" className={`${CELL} sticky left-0 bg-gap-fill font-normal whitespace-nowrap`}>
        {describeGapDates(gap, formats)}
      </th>
      <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>No value</td>
      <ChangeCell change={null} />
      <ChangeCell change={null} />
      <FlowCell flows={row.flows} />
      <td colSpan={TABLE_COLUMNS.length - 5} className={`${CELL} text-ink-soft`}>
        {GAP_LABELS[gap.reason].label}, {describeDays(gap.days, formats)}
        <CorrectionLines corrections={row.corrections} />
      </td>
    </tr>
  );
}

function FlowCell({ flows }: Pick<DayEvents, 'flows'>) {
  const formats = useFormats();
  return (
    <td className={`${CELL} text-right whitespace-nowrap text-ink-soft`}>
      {flows.length === 0 ? '' : formats.signedMoney(addAmounts(...flows.map((flow) => flow.amount)))}
    </td>
  );
}

function CorrectionLines({ corrections }: Pick<DayEvents, 'corrections'>) {
  const formats = useFormats();
  return describeCorrections(corrections, formats).map((line) => (
    <span key={line} className="block text-xs">
      {line}
    </span>
  ));
}
