'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import {
  announceSession,
  compareSession,
  endedFor,
  fetchSession,
  followSessions,
  isOver,
  learn,
  type SessionState,
} from './session';

/**
 * Follows the session of a page: the server is asked when another tab reports that it changed, when the tab is looked at again
 * and when the browser takes the page out of its back/forward cache. `report` takes what an answer revealed.
 */
export function useSession(viewer: string) {
  const [state, setState] = useState<SessionState>('same');
  const latest = useRef<SessionState>('same');
  const checks = useRef(0);

  const report = useCallback(
    (next: SessionState) => {
      const learned = learn(viewer, next);
      if (learned === 'due anew') window.location.reload();
      if (learned !== 'shown' && !isOver(next)) return;
      latest.current = next;
      setState(next);
    },
    [viewer],
  );

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
        if (heard !== viewer || latest.current !== 'same' || endedFor(viewer) !== null) void check(true);
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

  return { state: endedFor(viewer) ?? state, report, retry: () => void check(true) };
}
