'use client';

import { useState } from 'react';
import useSWR from 'swr';
import { useOwnDocuments } from '@/components/session/session-guard';
import type { Instant } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { refreshIntervalMs } from './freshness';
import { ProblemError } from './problem';

/** A document, the question it answers, and when the server gave it. */
export interface LoadedHistory {
  /** The query string of the question. */
  readonly search: string;
  readonly history: HistoryDocument;
  readonly receivedAt: Instant;
}

const URL_PREFIX = '/api/portfolio/history?';
/** How long a document that was fetched ahead may lie about and still be the answer. */
const PREFETCH_FRESH_MS = 30_000;

/**
 * The document that answers a question: at once when the server sent it with the page, when it was fetched ahead or was
 * seen before; until then the one shown last stays. Kept fresh while somebody looks. All of it is the page's own user's:
 * what is kept is kept under their name, in a cache that goes with the page, and another's document is refused.
 *
 * Fresh by asking again (SWR) and not by a stream of server-sent events, because what moves is small and slow: the
 * broker's own values are at most every ten minutes newer, days arrive once an evening, and asking once a minute costs
 * one indexed read. A stream would hold a serverless function open for every page that somebody left in a tab, would
 * need a channel from the worker to each of them, and would still have to ask again after each broken line. Asking stops
 * by itself in hidden tabs and offline, and begins at once when the reader or the network is back.
 */
export function usePortfolioHistory(initial: LoadedHistory, search: string, now: () => Instant) {
  const { viewer, fetchOwn } = useOwnDocuments();
  const [ahead] = useState(() => new Map<string, Promise<LoadedHistory>>());
  const fetchHistory = async (asked: string): Promise<LoadedHistory> => {
    const history = await fetchOwn<HistoryDocument>(`${URL_PREFIX}${asked}`);
    return { search: asked, history, receivedAt: now() };
  };
  const take = async ([, asked]: readonly [string, string]): Promise<LoadedHistory> => {
    const prefetched = await ahead.get(asked);
    ahead.delete(asked);
    const isFresh =
      prefetched !== undefined && Date.parse(now()) - Date.parse(prefetched.receivedAt) < PREFETCH_FRESH_MS;
    return isFresh ? prefetched : fetchHistory(asked);
  };
  const isInitial = initial.search === search;
  const { data, error, isValidating, mutate } = useSWR<LoadedHistory, unknown>(
    [viewer, search] as const,
    take,
    {
      // What came with the page is not in SWR's cache, and decides the first interval all the same.
      refreshInterval: (latest) => refreshIntervalMs((latest ?? (isInitial ? initial : undefined))?.history),
      // Asking again ends an outage; it does not sign anybody in.
      shouldRetryOnError: (problem: unknown) => !(problem instanceof ProblemError && problem.status < 500),
      ...(isInitial ? { fallbackData: initial, revalidateOnMount: false } : {}),
    },
  );

  const [previous, setPrevious] = useState(initial);
  const answer = data ?? (isInitial ? initial : null);
  if (answer !== null && answer !== previous) setPrevious(answer);
  const shown = answer ?? previous;
  return {
    history: shown.history,
    receivedAt: shown.receivedAt,
    /** False while the document of an earlier question stands in. */
    isAnswer: answer !== null,
    error,
    isRefreshing: isValidating,
    refresh: () => {
      // A failed attempt is shown through `error`, as any other failed refresh is.
      mutate().catch(() => undefined);
    },
    /** Fetches the document of another question ahead, since somebody is about to ask it. */
    prefetch: (other: string) => {
      if (other === shown.search || ahead.has(other)) return;
      const document = fetchHistory(other);
      ahead.set(other, document);
      // Nobody has asked yet, so no error is shown; the question itself will try again.
      document.catch(() => ahead.delete(other));
    },
  };
}
