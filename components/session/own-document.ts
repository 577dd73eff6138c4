import { ProblemError, readProblem } from '@/components/portfolio/problem';
import { compareSession } from './compare-session';

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

/** What a refused request says about the session of the page; null when that has nothing to do with it. */
export function sessionAfter(error: unknown, viewer: string): ReturnType<typeof compareSession> | null {
  if (!(error instanceof ProblemError)) return null;
  if (error.isSignedOut) return compareSession(viewer, null);
  return error.code === 'session_changed' ? 'other' : null;
}
