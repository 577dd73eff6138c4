'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { compareSession, isOver, type SessionState } from './compare-session';
import { fetchSession } from './own-document';
import { announceSession, followSessions } from './session-channel';

/**
 * Whose document this is: of whoever's page it showed first. The router keeps pages and prefetches for as long as the
 * document lives, so one that has shown somebody's page shows nobody else's.
 */
let documentViewer: string | null = null;

function isDocumentOf(viewer: string): boolean {
  if (typeof window === 'undefined') return true;
  documentViewer ??= viewer;
  return documentViewer === viewer;
}

/**
 * Follows the session of a page: the server is asked when another tab says that it changed, when the tab is looked at again
 * and when the browser takes the page out of its back/forward cache. `report` takes what an answer revealed.
 */
export function useSession(viewer: string) {
  const [state, setState] = useState<SessionState>('same');
  const latest = useRef<SessionState>('same');
  const checks = useRef(0);

  const report = useCallback((next: SessionState) => {
    // What was over begins anew in a document of its own, with figures of now.
    if (isOver(latest.current) && next === 'same') window.location.reload();
    if (isOver(latest.current) && !isOver(next)) return;
    latest.current = next;
    setState(next);
  }, []);

  const check = useCallback(
    async (isHidden: boolean) => {
      checks.current += 1;
      const mine = checks.current;
      // At once, before the browser draws the page again.
      if (isHidden) flushSync(() => report('checking'));
      try {
        const session = await fetchSession();
        if (mine === checks.current) report(compareSession(viewer, session));
      } catch {
        if (mine === checks.current && latest.current === 'checking') report('unknown');
      }
    },
    [viewer, report],
  );

  useEffect(() => announceSession(viewer), [viewer]);
  useEffect(
    () =>
      followSessions((heard) => {
        if (heard !== viewer || latest.current !== 'same') void check(true);
      }),
    [viewer, check],
  );
  useEffect(() => {
    const onVisible = () => {
      if (document.visibilityState === 'visible') void check(false);
    };
    const onPageShow = ({ persisted }: PageTransitionEvent) => {
      if (persisted) void check(true);
    };
    document.addEventListener('visibilitychange', onVisible);
    window.addEventListener('pageshow', onPageShow);
    return () => {
      document.removeEventListener('visibilitychange', onVisible);
      window.removeEventListener('pageshow', onPageShow);
    };
  }, [check]);

  return { state: isDocumentOf(viewer) ? state : ('other' as const), report, retry: () => void check(true) };
}
