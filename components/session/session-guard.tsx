'use client';

import { createContext, type ReactNode, useContext, useMemo } from 'react';
import { SWRConfig } from 'swr';
import { isOver } from './compare-session';
import { fetchOwnDocument, sendAs, sessionAfter } from './own-document';
import { SessionCheck, SessionOver } from './session-notice';
import { useSession } from './use-session';

interface OwnDocuments {
  /** Whose page it is: part of every key under which something of theirs is kept. */
  readonly viewer: string;
  /** Fetches a document of the page's own user; throws a `ProblemError` for everything else. */
  readonly fetchOwn: <T extends object>(url: string) => Promise<T>;
  /** Asks for a change in the name of the page's own user alone; throws likewise. */
  readonly send: <T extends object>(url: string, init: RequestInit) => Promise<T>;
}

const OwnDocumentsContext = createContext<OwnDocuments | null>(null);

/** The way to the server for whatever shows somebody's data; throws outside of a `SessionGuard`. */
export function useOwnDocuments(): OwnDocuments {
  const own = useContext(OwnDocumentsContext);
  if (own === null) throw new Error('useOwnDocuments needs a SessionGuard above it');
  return own;
}

/**
 * Shows a page to its own user alone. Everything that the page fetches is kept under this component and goes with it; when
 * somebody else signs in, or the session ends, the page says so and is gone.
 */
export function SessionGuard({
  viewer,
  children,
}: {
  /** Whose page it is, by an opaque id. */
  readonly viewer: string;
  readonly children: ReactNode;
}) {
  const { state, report, retry } = useSession(viewer);
  const own = useMemo<OwnDocuments>(() => {
    const watch = async <T,>(answer: Promise<T>): Promise<T> => {
      try {
        return await answer;
      } catch (error) {
        const revealed = sessionAfter(error, viewer);
        if (revealed !== null) report(revealed);
        throw error;
      }
    };
    return {
      viewer,
      fetchOwn: (url) => watch(fetchOwnDocument(viewer, url)),
      send: (url, init) => watch(sendAs(viewer, url, init)),
    };
  }, [viewer, report]);
  if (isOver(state)) return <SessionOver state={state} />;
  return (
    <>
      {state !== 'same' && <SessionCheck isChecking={state === 'checking'} onRetry={retry} />}
      {/* What a reader had opened is there again once the session turns out to be the same. */}
      <div className="contents" hidden={state !== 'same'}>
        <OwnDocumentsContext value={own}>
          <SWRConfig key={viewer} value={{ provider: () => new Map() }}>
            {children}
          </SWRConfig>
        </OwnDocumentsContext>
      </div>
    </>
  );
}
