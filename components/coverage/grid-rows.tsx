// biome-ignore-all lint/a11y/useSemanticElements: a table cannot show only what is in view, in both directions.
'use client';

import type { VirtualItem } from '@tanstack/react-virtual';
import { type CSSProperties, memo } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { DAY_LABELS } from '@/components/labels/states';
import type { CoverageRow, DayTotal } from '@/lib/coverage/document';
import { readDay } from '@/lib/domain/coverage';
import type { TradingDate } from '@/lib/domain/trading-date';
import { DaySquare } from './day-square';
import { describeTotal, type GridColumn, shortCount, TOTALS_ROW } from './grid';

/** The measures of the grid in pixels. A square can be hit with a finger. */
export const GRID_SIZES = { name: 176, square: 26, row: 32, head: 34, totals: 38, margin: 8 } as const;

/** How wide a column becomes where there is room for all of them and more. */
const SQUARE_MAX = 40;

/** The width of a column, as the CSS variable that `placeOf` stands on: as much as there is, where all of so many fit. */
export function columnWidth(columns: number): CSSProperties {
  const { name, square, margin } = GRID_SIZES;
  const share = `(100cqi - ${name + margin}px) / ${columns}`;
  return { '--column': `clamp(${square}px, ${share}, ${SQUARE_MAX}px)` } as CSSProperties;
}

/** Where a column stands. */
function placeOf(index: number): CSSProperties {
  return { left: `calc(${GRID_SIZES.name}px + ${index} * var(--column))`, width: 'var(--column)' };
}

/** Weeks begin with a line; where the exchange was closed on a weekday, the line is strong. */
function edgeOf({ closures, startsWeek }: GridColumn): string {
  if (closures.length > 0) return 'border-l-2 border-outline';
  return startsWeek ? 'border-hairline' : 'border-transparent';
}

/** The dates above the squares. */
export const GridHead = memo(function GridHead({
  columns,
  shown,
}: {
  readonly columns: readonly GridColumn[];
  readonly shown: readonly VirtualItem[];
}) {
  const formats = useFormats();
  return (
    <div
      role="row"
      aria-rowindex={1}
      tabIndex={-1}
      className="sticky top-0 z-20 border-b border-hairline bg-surface text-xs text-ink-soft"
      style={{ height: GRID_SIZES.head }}
    >
      <div
        role="columnheader"
        aria-colindex={1}
        tabIndex={-1}
        className="sticky left-0 z-10 flex h-full items-center bg-surface px-3 font-medium"
        style={{ width: GRID_SIZES.name }}
      >
        User
      </div>
      {shown.map(({ index }) => {
        const column = columns[index];
        if (column === undefined) return null;
        const closed = column.closures.map(formats.shortDate).join(', ');
        const reading = `${formats.longDate(column.date)}${closed === '' ? '' : `; market closed ${closed}`}`;
        return (
          <div
            key={column.date}
            role="columnheader"
            tabIndex={-1}
            aria-colindex={index + 2}
            data-reading={reading}
            className={`tabular absolute top-0 flex h-full items-center border-l pl-1 whitespace-nowrap ${edgeOf(column)}`}
            style={placeOf(index)}
          >
            <span className="sr-only">{reading}</span>
            <span aria-hidden="true">{column.heading}</span>
          </div>
        );
      })}
    </div>
  );
});

/** How many of all users that the filters let in are complete on each day, above how many are expected. */
export const GridTotals = memo(function GridTotals({
  totals,
  columns,
  shown,
  hereColumn,
}: {
  /** Of the days that are due. */
  readonly totals: ReadonlyMap<TradingDate, DayTotal>;
  readonly columns: readonly GridColumn[];
  readonly shown: readonly VirtualItem[];
  readonly hereColumn: number | null;
}) {
  const formats = useFormats();
  return (
    <div
      role="row"
      aria-rowindex={2}
      tabIndex={-1}
      className="sticky z-20 border-b border-hairline bg-surface text-[0.6875rem] leading-[0.9375rem]"
      style={{ top: GRID_SIZES.head, height: GRID_SIZES.totals }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        data-row={TOTALS_ROW}
        data-column={-1}
        tabIndex={hereColumn === -1 ? 0 : -1}
        data-reading="All users that the filters let in, also those who are not loaded yet. Complete: recorded at close or filled in later."
        className="sticky left-0 z-10 flex h-full flex-col justify-center bg-surface px-3 -outline-offset-2"
        style={{ width: GRID_SIZES.name }}
      >
        <span className="font-medium">Users complete</span>
        <span className="text-ink-soft">of users expected</span>
      </div>
      {shown.map(({ index }) => {
        const column = columns[index];
        if (column === undefined) return null;
        const total = totals.get(column.date);
        const words =
          total === undefined ? DAY_LABELS.not_due.label.toLowerCase() : describeTotal(total, formats);
        const reading = `${formats.longDate(column.date)}: ${words}`;
        const isShort = total !== undefined && total.complete < total.expected;
        return (
          <div
            key={column.date}
            role="gridcell"
            aria-colindex={index + 2}
            data-row={TOTALS_ROW}
            data-column={index}
            tabIndex={hereColumn === index ? 0 : -1}
            data-reading={reading}
            className={`tabular absolute top-0 flex h-full flex-col items-center justify-center rounded-sm border-l -outline-offset-2 ${edgeOf(column)}`}
            style={placeOf(index)}
          >
            <span className="sr-only">{reading}</span>
            {total === undefined || total.expected === 0 ? (
              <span aria-hidden="true" className="text-ink-soft">
                –
              </span>
            ) : (
              <>
                <span aria-hidden="true" className={isShort ? 'font-semibold text-loss' : 'font-medium'}>
                  {shortCount(total.complete, formats)}
                </span>
                <span aria-hidden="true" className="text-ink-soft">
                  {shortCount(total.expected, formats)}
                </span>
              </>
            )}
          </div>
        );
      })}
    </div>
  );
});

/** One user: their address, how many days are missing, and a square for each trading day in view. */
export const GridRow = memo(function GridRow({
  row,
  index,
  top,
  columns,
  shown,
  hereColumn,
}: {
  readonly row: CoverageRow;
  readonly index: number;
  readonly top: number;
  readonly columns: readonly GridColumn[];
  readonly shown: readonly VirtualItem[];
  /** The column that the keyboard is at; null while it is in another row. */
  readonly hereColumn: number | null;
}) {
  const formats = useFormats();
  const address = `/admin/coverage/${row.userId}`;
  return (
    <div
      role="row"
      aria-rowindex={index + 3}
      tabIndex={-1}
      className="absolute inset-x-0 border-b border-hairline"
      style={{ top, height: GRID_SIZES.row }}
    >
      <div
        role="rowheader"
        aria-colindex={1}
        tabIndex={-1}
        className="sticky left-0 z-10 flex h-full items-center gap-2 bg-surface px-3 text-sm"
        style={{ width: GRID_SIZES.name }}
      >
        <a
          href={address}
          data-row={index}
          data-column={-1}
          tabIndex={hereColumn === -1 ? 0 : -1}
          data-reading={row.email}
          className="min-w-0 truncate py-1.5 rounded-sm hover:underline"
          title={row.email}
        >
          {row.email}
        </a>
        {row.missing > 0 && (
          <span className="tabular ml-auto text-xs font-medium text-loss">
            {formats.count(row.missing)}
            <span className="sr-only"> missing</span>
          </span>
        )}
      </div>
      {shown.map(({ index: at }) => {
        const column = columns[at];
        const code = row.days[at];
        if (column === undefined || code === undefined) return null;
        const state = readDay(code);
        const { label, meaning } = DAY_LABELS[state];
        const name = `${formats.shortDate(column.date)}: ${label}`;
        return (
          <div
            key={column.date}
            role="gridcell"
            aria-colindex={at + 2}
            tabIndex={-1}
            className={`absolute top-0 h-full border-l ${edgeOf(column)}`}
            style={placeOf(at)}
          >
            <a
              href={`${address}/${column.date}`}
              aria-label={name}
              data-row={index}
              data-column={at}
              tabIndex={hereColumn === at ? 0 : -1}
              data-reading={`${row.email}, ${formats.longDate(column.date)}: ${label}. ${meaning}`}
              className="grid size-full place-items-center rounded-sm -outline-offset-2 hover:bg-gap-fill"
            >
              <DaySquare state={state} />
            </a>
          </div>
        );
      })}
    </div>
  );
});
