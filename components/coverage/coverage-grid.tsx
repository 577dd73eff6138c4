// biome-ignore-all lint/a11y/useSemanticElements: a table cannot show only what is in view, in both directions.
'use client';

import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useRouter } from 'next/navigation';
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { useFormats } from '@/components/format/formats-context';
import { useOwnDocuments } from '@/components/session/session-guard';
import { Button } from '@/components/ui/button';
import type { CoverageRow, DayTotal } from '@/lib/coverage/document';
import { COVERAGE_STATES, DAY_CODES, type DayState } from '@/lib/domain/coverage';
import type { TradingDate } from '@/lib/domain/trading-date';
import { SquareKey } from './day-square';
import { describeColumns, type GridPlace, moveByKey, TOTALS_ROW } from './grid';
import { columnWidth, GRID_SIZES, GridHead, GridRow, GridTotals } from './grid-rows';

/** Users of a page of the grid, and what asks for the page after it. */
interface RowsPage {
  readonly rows: readonly CoverageRow[];
  readonly next: string | null;
}

/** All rows that were loaded so far, and the way to more of them. */
interface CoverageRows {
  readonly rows: readonly CoverageRow[];
  /** The states that are among them. */
  readonly states: readonly DayState[];
  readonly isComplete: boolean;
  readonly state: 'idle' | 'loading' | 'failed';
  loadMore(): void;
}

/**
 * The rows of the grid, page after page: the first comes with the server's answer, `query` is the query string that it
 * was read by. A user who moved from one page to another meanwhile is shown once, where they came first.
 */
function useCoverageRows(query: string, first: RowsPage): CoverageRows {
  const { fetchOwn } = useOwnDocuments();
  const [later, setLater] = useState<readonly RowsPage[]>([]);
  const [state, setState] = useState<CoverageRows['state']>('idle');
  const isLoading = useRef(false);
  const next = (later.at(-1) ?? first).next;

  const loadMore = useCallback(() => {
    if (next === null || isLoading.current) return;
    isLoading.current = true;
    setState('loading');
    const search = new URLSearchParams(query);
    search.set('after', next);
    fetchOwn<RowsPage>(`/api/admin/coverage/users?${search}`)
      .then((page) => {
        setLater((pages) => [...pages, page]);
        setState('idle');
      })
      .catch(() => setState('failed'))
      .finally(() => {
        isLoading.current = false;
      });
  }, [query, next, fetchOwn]);

  const { rows, states } = useMemo(() => {
    const users = new Map<string, CoverageRow>();
    for (const row of [first, ...later].flatMap((page) => page.rows))
      if (!users.has(row.userId)) users.set(row.userId, row);
    const codes = new Set([...users.values()].flatMap(({ days }) => [...new Set(days)]));
    return {
      rows: [...users.values()],
      states: COVERAGE_STATES.filter((one) => codes.has(DAY_CODES[one])),
    };
  }, [first, later]);
  return { rows, states, isComplete: next === null, state, loadMore };
}

/** What stands above the rows of users. */
const HEAD = GRID_SIZES.head + GRID_SIZES.totals;

/** How many rows before the end of what is loaded the next page is asked for. */
const ROWS_AHEAD = 20;

/**
 * Users by trading days. Only what is in view is in the page, so ten thousand users scroll like fifty. The arrow keys
 * move over the squares, Enter opens the day.
 */
export function CoverageGrid({
  days,
  totals,
  query,
  first,
}: {
  readonly days: readonly TradingDate[];
  /** The due days among them, counted over all users that the query is about. */
  readonly totals: readonly DayTotal[];
  /** The query string that the first page was read by. */
  readonly query: string;
  readonly first: RowsPage;
}) {
  const formats = useFormats();
  const router = useRouter();
  const scroller = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<GridPlace>({ row: 0, column: -1 });
  /** Where a key moved to, until that has the focus. */
  const wanted = useRef<GridPlace | null>(null);
  const columns = useMemo(() => describeColumns(days, formats), [days, formats]);
  const totalOf = useMemo(() => new Map(totals.map((total) => [total.date, total])), [totals]);
  const { rows, states, isComplete, state, loadMore } = useCoverageRows(query, first);
  /** What is pointed at or has the focus, in words. */
  const [reading, setReading] = useState<string | null>(null);

  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GRID_SIZES.row,
    overscan: 6,
    rangeExtractor: (range) => withPlace(defaultRangeExtractor(range), place.row),
    scrollPaddingStart: HEAD,
    initialRect: { width: 960, height: 560 },
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => GRID_SIZES.square,
    overscan: 8,
    rangeExtractor: (range) => withPlace(defaultRangeExtractor(range), place.column),
    scrollPaddingStart: GRID_SIZES.name,
    initialRect: { width: 960, height: 560 },
  });
  const shownRows = vertical.getVirtualItems();
  const shownColumns = horizontal.getVirtualItems();
  const lastShown = shownRows.at(-1)?.index ?? 0;

  // The newest days are what is looked for.
  useEffect(() => {
    scroller.current?.scrollTo({ left: scroller.current.scrollWidth });
  }, []);

  useEffect(() => {
    if (state === 'idle' && !isComplete && lastShown >= rows.length - ROWS_AHEAD) loadMore();
  }, [lastShown, rows.length, isComplete, state, loadMore]);

  // The square may have to scroll into view before it can be focused. An effect of the render before the key may run after
  // it, so the square is looked for by its place and not by being the current one.
  useEffect(() => {
    if (wanted.current === null) return;
    const { row, column } = wanted.current;
    const target = scroller.current?.querySelector<HTMLElement>(
      `[data-row="${row}"][data-column="${column}"]`,
    );
    if (target === null || target === undefined) return;
    wanted.current = null;
    target.focus({ preventScroll: true });
  });

  const move = (event: KeyboardEvent) => {
    const pageRows = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / GRID_SIZES.row) - 2);
    const size = { rows: rows.length, columns: columns.length, pageRows };
    const target = moveByKey(place, event, size);
    if (target === null) return;
    event.preventDefault();
    wanted.current = target;
    setPlace(target);
    if (target.row > TOTALS_ROW) vertical.scrollToIndex(target.row);
    if (target.column >= 0) horizontal.scrollToIndex(target.column);
  };

  const read = ({ target }: { readonly target: EventTarget }) => {
    const place = target instanceof Element ? target.closest('[data-reading]') : null;
    const words = place?.getAttribute('data-reading') ?? null;
    if (words !== null) setReading(words);
  };

  const open = (event: MouseEvent) => {
    const link = event.target instanceof Element ? event.target.closest('a') : null;
    if (link === null || event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    router.push(link.href);
  };

  if (rows.length === 0) {
    return (
      <p className="rounded-lg bg-gap-fill px-4 py-10 text-center text-sm text-ink-soft">No users match.</p>
    );
  }
  return (
    <div className="grid grid-cols-1 gap-3">
      <SquareKey states={states} />
      <div
        ref={scroller}
        role="grid"
        aria-label="Users by trading days"
        aria-rowcount={isComplete ? rows.length + 2 : -1}
        aria-colcount={columns.length + 1}
        aria-busy={state === 'loading'}
        tabIndex={-1}
        onKeyDown={move}
        onClick={open}
        onPointerOver={read}
        onFocus={(event) => {
          read(event);
          const { row, column } = event.target instanceof HTMLElement ? event.target.dataset : {};
          if (row !== undefined && column !== undefined)
            setPlace({ row: Number(row), column: Number(column) });
        }}
        className="@container relative max-h-[36rem] overflow-auto overscroll-x-contain rounded-lg border border-hairline bg-surface outline-none"
      >
        <div
          role="presentation"
          className="relative min-w-full"
          style={{
            ...columnWidth(columns.length),
            width: GRID_SIZES.name + horizontal.getTotalSize() + GRID_SIZES.margin,
            height: HEAD + vertical.getTotalSize(),
          }}
        >
          <GridHead columns={columns} shown={shownColumns} />
          <GridTotals
            totals={totalOf}
            columns={columns}
            shown={shownColumns}
            hereColumn={place.row === TOTALS_ROW ? place.column : null}
          />
          {shownRows.map(({ index, start }) => {
            const row = rows[index];
            return row === undefined ? null : (
              <GridRow
                key={row.userId}
                row={row}
                index={index}
                top={HEAD + start}
                columns={columns}
                shown={shownColumns}
                hereColumn={place.row === index ? place.column : null}
              />
            );
          })}
        </div>
      </div>
      {/* Said by the names of what is read, so it is for eyes only. */}
      <p aria-hidden="true" className="min-h-10 text-sm text-pretty wrap-anywhere">
        {reading ?? (
          <span className="text-ink-soft">
            Tap or point at a date or a total, or move over the squares with the arrow keys, to read it here.
          </span>
        )}
      </p>
      <p className="flex min-h-9 items-center gap-3 text-sm text-ink-soft" role="status">
        {state === 'failed' ? (
          <>
            More users could not be loaded. <Button onClick={loadMore}>Try again</Button>
          </>
        ) : isComplete ? (
          rows.length === 1 ? (
            'One user.'
          ) : (
            `All ${formats.count(rows.length)} users.`
          )
        ) : (
          `The first ${formats.count(rows.length)} users; scroll for more.`
        )}
      </p>
    </div>
  );
}

/** What has the focus stays in the page when it scrolls out of view, or the focus would be lost. */
function withPlace(indexes: number[], place: number): number[] {
  return place < 0 || indexes.includes(place) ? indexes : [...indexes, place].toSorted((a, b) => a - b);
}
