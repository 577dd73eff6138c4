import 'server-only';
import { readNextPath } from './next-path';

const PATH = '/continue';

/**
 * The address to redirect to from a server action, so that the browser goes on to a path in a new document. A redirect
 * straight to a page stays in the document that is there, with everything in its memory: the router's pages and
 * prefetches, fetched answers, the state of components. When the user changes, none of that may go along.
 */
export function inNewDocument(path: string): string {
  return `${PATH}?to=${encodeURIComponent(path)}`;
}

/** Leads on to the page. No redirect, because the router would follow one and be back in the old document. */
export function continueInNewDocument(search: URLSearchParams): Response {
  return new Response('<!doctype html><html lang="en"><title>Portfolio History</title></html>', {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'private, no-store',
      refresh: `0;url=${readNextPath(search.get('to'))}`,
    },
  });
}
