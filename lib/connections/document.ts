import type { Currency } from '@/lib/domain/money';
import type { Instant, TradingDate } from '@/lib/domain/trading-date';

/** A connection as its owner sees it. */
export interface LinkedConnection {
  readonly id: string;
  readonly institution: string;
  /** `disabled`: the broker lets nobody in until its user signs in there again; `removed`: unlinked by its user. */
  readonly status: 'active' | 'disabled' | 'removed';
  /** Since when the broker lets nobody in; null while it does. */
  readonly disabledSince: Instant | null;
  readonly linkedAt: Instant;
  /** When the broker was last read; null when it never was. */
  readonly lastSuccessAt: Instant | null;
  /** Whether it is about to be read. */
  readonly isDue: boolean;
  readonly accounts: readonly LinkedAccount[];
}

/** One account of a connection. */
export interface LinkedAccount {
  readonly id: string;
  readonly name: string;
  readonly category: 'investment' | 'deposit' | 'credit';
  /** Null when the broker does not say. */
  readonly currency: Currency | null;
  readonly isPaper: boolean;
  readonly firstKnownOn: TradingDate;
  /** From this day on the account is no longer expected; null while it is. */
  readonly closedOn: TradingDate | null;
  /** Earlier accounts that are the same real account, whose line this one continues. */
  readonly continues: readonly { readonly name: string; readonly institution: string }[];
}

/** The question whether an account is the same real account as an earlier one, the candidate. */
export interface AccountMatch {
  readonly id: string;
  readonly account: { readonly id: string; readonly name: string; readonly institution: string };
  readonly candidate: {
    readonly id: string;
    readonly name: string;
    readonly institution: string;
    readonly lastValueOn: TradingDate | null;
  };
  readonly createdAt: Instant;
}

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
