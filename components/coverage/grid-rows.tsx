// biome-ignore-all lint/a11y/useSemanticElements: a table cannot show only what is in view, in both directions.
'use client';

import type { VirtualItem } from '@tanstack/react-virtual';
import { memo } from 'react';
import { useFormats } from '@/components/format/formats-context';
import { DAY_LABELS } from '@/components/labels/states';
import type { CoverageRow } from '@/lib/coverage/document';
import { readDay } from '@/lib/domain/coverage';
import { DaySquare } from './day-square';
import type { GridColumn } from './grid';

/** The measures of the grid in pixels. A square can be hit with a finger. */
export const GRID_SIZES = { name: 176, square: 24, row: 32, head: 34, margin: 8 } as const;

/** The dates above the squares. Weeks begin with a line; where the exchange was closed on a weekday, the line is strong. */
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
      {shown.map(({ index, start }) => {
        const column = columns[index];
        if (column === undefined) return null;
        const closed = column.closures.map(formats.shortDate).join(', ');
        return (
          <div
            key={column.date}
            role="columnheader"
            tabIndex={-1}
            aria-colindex={index + 2}
            title={closed === '' ? formats.longDate(column.date) : `Market closed ${closed}`}
            className={`tabular absolute top-0 flex h-full items-center border-l pl-1 whitespace-nowrap ${
              closed !== ''
                ? 'border-l-2 border-outline'
                : column.startsWeek
                  ? 'border-hairline'
                  : 'border-transparent'
            }`}
            style={{ left: GRID_SIZES.name + start, width: GRID_SIZES.square }}
          >
            <span className="sr-only">
              {formats.longDate(column.date)}
              {closed !== '' && `; market closed ${closed}`}
            </span>
            <span aria-hidden="true">{column.heading}</span>
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
  const here = (column: number) => ({
    'data-row': index,
    'data-column': column,
    tabIndex: hereColumn === column ? 0 : -1,
  });
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
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
          {...here(-1)}
          className="min-w-0 truncate rounded-sm hover:underline"
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
      {shown.map(({ index: at, start }) => {
        const column = columns[at];
        const code = row.days[at];
        if (column === undefined || code === undefined) return null;
        const state = readDay(code);
        const label = `${formats.shortDate(column.date)}: ${DAY_LABELS[state].label}`;
        return (
          <div
            key={column.date}
            role="gridcell"
            aria-colindex={at + 2}
            tabIndex={-1}
            className={`absolute top-0 h-full border-l ${
              column.closures.length > 0
                ? 'border-l-2 border-outline'
                : column.startsWeek
                  ? 'border-hairline'
                  : 'border-transparent'
            }`}
            style={{ left: GRID_SIZES.name + start, width: GRID_SIZES.square }}
          >
            <a
              href={`${address}/${column.date}`}
              aria-label={label}
              title={label}
              {...here(at)}
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
