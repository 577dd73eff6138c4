'use client';

import { useCallback, useRef, useState } from 'react';
import type { CoverageRow } from '@/lib/domain/coverage';

/** Users of a page of the grid, and what asks for the page after it. */
export interface RowsPage {
  readonly rows: readonly CoverageRow[];
  readonly next: string | null;
}

/** All rows that were loaded so far, and the way to more of them. */
export interface CoverageRows {
  readonly rows: readonly CoverageRow[];
  readonly isComplete: boolean;
  readonly state: 'idle' | 'loading' | 'failed';
  loadMore(): void;
}

/**
 * The rows of the grid, page after page: the first comes with the server's answer, `query` is the query string that it
 * was read by. A user who moved from one page to another meanwhile is shown once, where they came first.
 */
export function useCoverageRows(query: string, first: RowsPage): CoverageRows {
  const [later, setLater] = useState<readonly RowsPage[]>([]);
  const [state, setState] = useState<CoverageRows['state']>('idle');
  const isLoading = useRef(false);
  const next = (later.at(-1) ?? first).next;

  const loadMore = useCallback(() => {
    if (next === null || isLoading.current) return;
    isLoading.current = true;
    setState('loading');
    fetchPage(query, next)
      .then((page) => {
        setLater((pages) => [...pages, page]);
        setState('idle');
      })
      .catch(() => setState('failed'))
      .finally(() => {
        isLoading.current = false;
      });
  }, [query, next]);

  const users = new Map<string, CoverageRow>();
  for (const row of [first, ...later].flatMap((page) => page.rows))
    if (!users.has(row.userId)) users.set(row.userId, row);
  return { rows: [...users.values()], isComplete: next === null, state, loadMore };
}

/** Our own route answers this one document; whatever else comes back is a failure. */
async function fetchPage(query: string, after: string): Promise<RowsPage> {
  const search = new URLSearchParams(query);
  search.set('after', after);
  const response = await fetch(`/api/admin/coverage/users?${search}`);
  if (!response.ok) throw new Error(`the server answered ${response.status}`);
  return (await response.json()) as RowsPage;
}
