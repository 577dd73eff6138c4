'use client';

import { useCallback, useRef, useState } from 'react';
import { useOwnDocuments } from '@/components/session/session-guard';
import type { CoverageRow } from '@/lib/coverage/document';

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

  const users = new Map<string, CoverageRow>();
  for (const row of [first, ...later].flatMap((page) => page.rows))
    if (!users.has(row.userId)) users.set(row.userId, row);
  return { rows: [...users.values()], isComplete: next === null, state, loadMore };
}
