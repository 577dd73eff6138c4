'use client';

import { useState } from 'react';
import useSWR from 'swr';
import type { HistoryDocument } from '@/lib/domain/history';
import type { Period } from '@/lib/domain/period';
import { type Instant, toInstant } from '@/lib/domain/trading-date';
import { readProblem } from './problem';

const REFRESH_INTERVAL_MS = 60_000;

/** Our own route answers this one document; whatever else comes back is a problem and never gets here. */
async function fetchHistory(url: string): Promise<HistoryDocument> {
  const response = await fetch(url, { headers: { accept: 'application/json' } });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as HistoryDocument;
}

/** A period's document: at once when the server sent it, kept fresh while the page is looked at. */
export function usePortfolioHistory(initial: HistoryDocument, period: Period) {
  const [refreshedAt, setRefreshedAt] = useState<Instant | null>(null);
  const { data, error, isValidating, mutate } = useSWR<HistoryDocument, unknown>(
    `/api/portfolio/history?period=${period}`,
    fetchHistory,
    {
      keepPreviousData: true,
      refreshInterval: REFRESH_INTERVAL_MS,
      onSuccess: () => setRefreshedAt(toInstant(new Date())),
      ...(initial.period === period ? { fallbackData: initial, revalidateOnMount: false } : {}),
    },
  );
  return {
    history: chooseDocument(data, initial, period),
    error,
    isRefreshing: isValidating,
    refreshedAt,
    retry: () => {
      // A failed retry is shown through `error`, as any other failed refresh is.
      mutate().catch(() => undefined);
    },
  };
}

/** The chosen period's document where there is one, else the one shown before it, until the chosen one arrives. */
function chooseDocument(
  data: HistoryDocument | undefined,
  initial: HistoryDocument,
  period: Period,
): HistoryDocument {
  if (data?.period === period) return data;
  return initial.period === period ? initial : (data ?? initial);
}
