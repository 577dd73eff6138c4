'use client';

import { useRef } from 'react';
import useSWR from 'swr';
import useSWRInfinite from 'swr/infinite';
import { useOwnDocuments } from '@/components/session/session-guard';
import type { BackfillDocument } from '@/lib/backfill/document';
import { isActiveBackfill } from '@/lib/domain/states';

const REFRESH_INTERVAL_MS = 2_000;
/** Of one of everybody and a year, counting takes seconds; then it is asked more rarely, so that following costs little. */
const PAUSE_PER_ANSWER = 5;

/** A backfill, followed while workers go on with it. */
export function useBackfill(initial: BackfillDocument) {
  const { viewer, fetchOwn } = useOwnDocuments();
  const answerMs = useRef(0);
  const { data, error, mutate } = useSWR<BackfillDocument, unknown>(
    [viewer, `/api/admin/backfill/${initial.id}`] as const,
    async ([, url]: readonly [string, string]) => {
      const askedAt = performance.now();
      const backfill = await fetchOwn<BackfillDocument>(url);
      answerMs.current = performance.now() - askedAt;
      return backfill;
    },
    {
      fallbackData: initial,
      revalidateOnMount: isActiveBackfill(initial),
      refreshInterval: (latest) =>
        isActiveBackfill(latest ?? initial)
          ? Math.max(REFRESH_INTERVAL_MS, PAUSE_PER_ANSWER * answerMs.current)
          : 0,
    },
  );
  return { backfill: data ?? initial, error, refresh: () => mutate() };
}

/** The accounts after the first page, a page at a time as they are asked for. */
export function useFurtherAccounts({ id, next }: BackfillDocument) {
  const { viewer, fetchOwn } = useOwnDocuments();
  const { data, size, setSize, isLoading } = useSWRInfinite<BackfillDocument, unknown>(
    (page, before: BackfillDocument | null) => {
      const after = page === 0 ? next : (before?.next ?? null);
      return after === null ? null : ([viewer, `/api/admin/backfill/${id}?after=${after}`] as const);
    },
    ([, url]: readonly [string, string]) => fetchOwn<BackfillDocument>(url),
    { initialSize: 0, revalidateFirstPage: false },
  );
  const last = size === 0 ? next : (data?.at(-1)?.next ?? null);
  return {
    accounts: data?.flatMap((page) => page.accounts) ?? [],
    hasMore: last !== null,
    isLoading: size > 0 && isLoading,
    showMore: () => {
      // A page that does not come can be asked for again by the same button.
      setSize(size + 1).catch(() => undefined);
    },
  };
}
