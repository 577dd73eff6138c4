import 'server-only';

/** Any origin will do: a path is read against it, and one that leads away from it is none. */
const HERE = 'https://here.invalid';

/**
 * Where somebody goes after signing in, as the address or the form gave it: a path of this product with its query, or `/`
 * for everything else, so that no link to us can lead to another site. What is returned is what was checked: a browser
 * reads the path once more, and `/.//evil.example` leads elsewhere only when it is read for the second time.
 */
export function readNextPath(text: unknown): string {
  if (typeof text !== 'string' || !/^\/[\x21-\x7e]*$/.test(text)) return '/';
  const url = URL.parse(text, HERE);
  if (url?.origin !== HERE) return '/';
  const path = `${url.pathname}${url.search}`;
  return URL.parse(path, HERE)?.origin === HERE ? path : '/';
}

/** The address of the sign-in page that leads back to a path. */
export function signInPath(next: string): string {
  return next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`;
}
