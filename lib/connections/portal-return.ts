import type { LinkNotice } from './document';
import type { OAuthOutcome } from './oauth';
import type { FinishedSessions } from './sessions';
import type { ConfirmedConnection } from './store';

/** What the browser reports when it comes back from the provider's pages. It proves nothing and only helps to find the words. */
export type PortalReturn =
  | { readonly status: 'success'; readonly externalId: string | null }
  | { readonly status: 'error'; readonly code: string | null }
  | { readonly status: 'abandoned' }
  | { readonly status: 'unknown' };

const ID_LENGTH_MAX = 200;

/** Reads the query of the way back, as SnapTrade documents it. */
export function parsePortalReturn(search: URLSearchParams): PortalReturn {
  switch (search.get('status')) {
    case 'SUCCESS': {
      const id = search.get('connection_id') ?? '';
      return { status: 'success', externalId: id === '' || id.length > ID_LENGTH_MAX ? null : id };
    }
    case 'ERROR': {
      const code = search.get('error_code') ?? '';
      return { status: 'error', code: /^\d{1,5}$/.test(code) ? code : null };
    }
    case 'ABANDONED':
      return { status: 'abandoned' };
    default:
      return { status: 'unknown' };
  }
}

/** What the user is shown; `confirmed` is null when the provider could not be asked. Null when there is nothing to show. */
export function noticeOf(
  back: PortalReturn,
  confirmed: readonly ConfirmedConnection[] | null,
): LinkNotice | null {
  if (back.status === 'abandoned') return { kind: 'abandoned' };
  if (back.status === 'error') return { kind: 'failed', code: back.code };
  const named =
    back.status === 'success'
      ? confirmed?.find(({ externalId }) => externalId === back.externalId)
      : undefined;
  const news = confirmed?.find(({ outcome }) => outcome === 'linked' || outcome === 'reconnected');
  const shown = named ?? news;
  if (shown !== undefined && shown.outcome !== 'unlinked') {
    return {
      kind: shown.outcome === 'reconnected' ? 'reconnected' : 'linked',
      connectionId: shown.connectionId,
    };
  }
  return back.status === 'success' || confirmed === null ? { kind: 'unconfirmed' } : null;
}

/** What the user is shown of sessions that they came back from; `finished` is null when the provider could not be asked. */
export function noticeOfSessions(finished: FinishedSessions | null): LinkNotice | null {
  const notice = noticeOf({ status: 'unknown' }, finished?.confirmed ?? null);
  if (notice !== null) return notice;
  // One that was found to work again meanwhile, by a webhook or a tick.
  const known = finished?.confirmed.find(({ outcome }) => outcome === 'known');
  if (known !== undefined) return { kind: 'reconnected', connectionId: known.connectionId };
  const left = finished?.left ?? null;
  if (left === null) return { kind: 'unconfirmed' };
  return left.code === null ? { kind: 'abandoned' } : { kind: 'failed', code: left.code };
}

/** What the user is shown of an account that they allowed us to read, or did not; `outcome` is null when it could not be finished. */
export function noticeOfOAuth(outcome: OAuthOutcome | null): LinkNotice {
  if (outcome === null) return { kind: 'failed', code: 'TRY_LATER' };
  return outcome.state === 'refused'
    ? { kind: 'failed', code: outcome.code }
    : { kind: outcome.state, connectionId: outcome.connectionId };
}

const WITH_CONNECTION = ['linked', 'reconnected', 'unlinked'] as const;
const ALONE = [
  'abandoned',
  'unconfirmed',
  'joined',
  'kept_apart',
  'separated',
  'ended',
  'not_ended',
  'end_taken_back',
] as const;

/** The query that carries a notice; empty for none. */
export function linkNoticeQuery(notice: LinkNotice | null): string {
  if (notice === null) return '';
  const query = new URLSearchParams({ notice: notice.kind });
  if ('connectionId' in notice) query.set('connection', notice.connectionId);
  if (notice.kind === 'failed' && notice.code !== null) query.set('code', notice.code);
  return `?${query}`;
}

/** Reads a notice from a query; null for none, and for one of no kind that we know. */
export function parseLinkNotice(search: URLSearchParams): LinkNotice | null {
  const kind = search.get('notice');
  const named = WITH_CONNECTION.find((known) => known === kind);
  const connectionId = search.get('connection');
  if (named !== undefined) return connectionId === null ? null : { kind: named, connectionId };
  if (kind === 'failed') return { kind, code: search.get('code') };
  const alone = ALONE.find((known) => known === kind);
  return alone === undefined ? null : { kind: alone };
}
