// biome-ignore-all lint/a11y/useSemanticElements: a table cannot show only what is in view, in both directions.
'use client';

import type { VirtualItem } from '@tanstack/react-virtual';
import { memo } from 'react';
import { useFormats } from '@/components/format/formats-context';
import type { GridColumn } from './grid-columns';
import { GRID_SIZES } from './grid-sizes';

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
