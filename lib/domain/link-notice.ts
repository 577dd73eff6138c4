/** What just happened to a user's connections, as the address of their page carries it. */
export type LinkNotice =
  | { readonly kind: 'linked' | 'mended' | 'unlinked'; readonly connectionId: string }
  | { readonly kind: 'failed'; readonly code: string | null }
  | { readonly kind: 'abandoned' | 'unconfirmed' | 'joined' | 'kept_apart' | 'separated' };

const WITH_CONNECTION = ['linked', 'mended', 'unlinked'] as const;
const ALONE = ['abandoned', 'unconfirmed', 'joined', 'kept_apart', 'separated'] as const;

/** The query that carries a notice; empty for none. */
export function linkNoticeQuery(notice: LinkNotice | null): string {
  if (notice === null) return '';
  const query = new URLSearchParams({ notice: notice.kind });
  if ('connectionId' in notice) query.set('connection', notice.connectionId);
  if (notice.kind === 'failed' && notice.code !== null) query.set('code', notice.code);
  return `?${query}`;
}

/** Reads a notice from a query; null for none, and for one that says nothing we know. */
export function parseLinkNotice(search: URLSearchParams): LinkNotice | null {
  const kind = search.get('notice');
  const named = WITH_CONNECTION.find((known) => known === kind);
  const connectionId = search.get('connection');
  if (named !== undefined) return connectionId === null ? null : { kind: named, connectionId };
  if (kind === 'failed') return { kind, code: search.get('code') };
  const alone = ALONE.find((known) => known === kind);
  return alone === undefined ? null : { kind: alone };
}
