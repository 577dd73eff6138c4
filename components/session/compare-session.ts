/** What became of the session that a page was made in. */
export type SessionState =
  /** The page's own user is signed in. */
  | 'same'
  /** Being asked; the page is hidden meanwhile. */
  | 'checking'
  /** Could not be asked; the page stays hidden. */
  | 'unknown'
  | 'other'
  | 'signed-out';

/** Whether a page may still be shown, by whose it is and who is signed in now: both opaque ids, null for nobody. */
export function compareSession(page: string, session: string | null): 'same' | 'other' | 'signed-out' {
  if (session === null) return 'signed-out';
  return session === page ? 'same' : 'other';
}

/** A page that is another's, or whose session ended, is over: it never shows its figures again. */
export function isOver(state: SessionState): state is 'other' | 'signed-out' {
  return state === 'other' || state === 'signed-out';
}
