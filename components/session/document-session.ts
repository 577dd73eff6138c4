import { isOver, type SessionState } from './compare-session';

type Ended = 'other' | 'signed-out';

/**
 * Whose document this is: of whoever's page it showed first; and how that ended. The router keeps pages and prefetches for as
 * long as the document lives, so one that has shown somebody's page shows nobody else's, and one whose session is over
 * shows nothing again, also not by a step back.
 */
const session: { viewer: string | null; ended: Ended | null } = { viewer: null, ended: null };

/** How the session of the document ended, as a page of a user finds it; null while that page may be shown. */
export function endedFor(viewer: string): Ended | null {
  // A server writes pages for everybody.
  if (typeof window === 'undefined') return null;
  session.viewer ??= viewer;
  if (session.viewer !== viewer) session.ended = 'other';
  return session.ended;
}

/**
 * Takes what a page of a user learned of the session. Where it is over, nothing but a new document shows figures again,
 * which is due when the document's own user is back.
 */
export function learn(viewer: string, next: SessionState): 'shown' | 'over' | 'due anew' {
  const ended = endedFor(viewer);
  if (isOver(next)) session.ended = next;
  else if (ended === null) return 'shown';
  else if (next === 'same' && session.viewer === viewer) return 'due anew';
  return 'over';
}
