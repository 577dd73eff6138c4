import { ProblemError, readProblem } from '@/components/portfolio/problem';

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

/**
 * Asks one of our own routes in the name of a page, so that the server answers nobody else. It answers the one thing that
 * is asked for; everything else is a `ProblemError`.
 */
export async function sendAs<T extends object>(
  viewer: string,
  url: string,
  init: RequestInit = {},
): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set('accept', 'application/json');
  headers.set('x-page-viewer', viewer);
  const response = await fetch(url, { ...init, headers, cache: 'no-store' });
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

/** Fetches a document of the page's own user likewise; one that names another reader, or none, is refused all the same. */
export async function fetchOwnDocument<T extends object>(viewer: string, url: string): Promise<T> {
  const document = await sendAs<T>(viewer, url);
  if ('viewer' in document && document.viewer === viewer) return document;
  throw new ProblemError(409, 'Somebody else is signed in now', null, 'session_changed');
}

/** Asks the server who is signed in in this browser: an opaque id, or null for nobody. */
export async function fetchSession(): Promise<string | null> {
  const response = await fetch('/api/session', { cache: 'no-store' });
  if (!response.ok) throw await readProblem(response);
  const { viewer } = (await response.json()) as { readonly viewer: string | null };
  return viewer;
}

/** What a refused request reveals about the session of the page; null when that has nothing to do with it. */
export function sessionAfter(error: unknown, viewer: string): ReturnType<typeof compareSession> | null {
  if (!(error instanceof ProblemError)) return null;
  if (error.isSignedOut) return compareSession(viewer, null);
  return error.code === 'session_changed' ? 'other' : null;
}

const NAME = 'session';

/** Lets every other tab know who is signed in, as this one learned it from the server; null for nobody. */
export function announceSession(viewer: string | null): void {
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(viewer);
  channel.close();
}

/** Hears what other tabs announce, which may be late: it is a reason to ask the server, no more. Returns how to end it. */
export function followSessions(hear: (viewer: unknown) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  channel.onmessage = ({ data }: MessageEvent<unknown>) => hear(data);
  return () => channel.close();
}

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
