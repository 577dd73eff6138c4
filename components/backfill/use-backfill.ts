'use client';

import { useRef } from 'react';
import useSWR from 'swr';
import useSWRInfinite from 'swr/infinite';
import { readProblem } from '@/components/portfolio/problem';
import { type BackfillDocument, isActive } from '@/lib/domain/backfill';

const REFRESH_INTERVAL_MS = 2_000;
/** Of one of everybody and a year, counting takes seconds; then it is asked more rarely, so that following costs little. */
const PAUSE_PER_ANSWER = 5;

/** Our own route answers this one document; whatever else comes back is a problem and never gets here. */
async function fetchBackfill(url: string): Promise<BackfillDocument> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as BackfillDocument;
}

/** A backfill, followed while workers go on with it. */
export function useBackfill(initial: BackfillDocument) {
  const answerMs = useRef(0);
  const { data, error, mutate } = useSWR<BackfillDocument, unknown>(
    `/api/admin/backfill/${initial.id}`,
    async (url: string) => {
      const askedAt = performance.now();
      const backfill = await fetchBackfill(url);
      answerMs.current = performance.now() - askedAt;
      return backfill;
    },
    {
      fallbackData: initial,
      revalidateOnMount: isActive(initial),
      refreshInterval: (latest) =>
        isActive(latest ?? initial) ? Math.max(REFRESH_INTERVAL_MS, PAUSE_PER_ANSWER * answerMs.current) : 0,
    },
  );
  return { backfill: data ?? initial, error, refresh: () => mutate() };
}

/** The accounts after the first page, a page at a time as they are asked for. */
export function useFurtherAccounts({ id, next }: BackfillDocument) {
  const { data, size, setSize, isLoading } = useSWRInfinite<BackfillDocument, unknown>(
    (page, before: BackfillDocument | null) => {
      const after = page === 0 ? next : (before?.next ?? null);
      return after === null ? null : `/api/admin/backfill/${id}?after=${after}`;
    },
    fetchBackfill,
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
