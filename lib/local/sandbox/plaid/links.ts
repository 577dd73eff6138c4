import { randomUUID } from 'node:crypto';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

/** How a session on Plaid's pages ended. */
export type LinkOutcome =
  | { readonly type: 'linked'; readonly itemId: string; readonly publicToken: string }
  /** The item of the session works again. */
  | { readonly type: 'updated' }
  /** Left, with the error that was shown last; null for none. */
  | { readonly type: 'left'; readonly error: { readonly code: string; readonly type: string } | null };

export interface PlaidLink {
  readonly token: string;
  readonly userId: string;
  /** The item to update; null to link another one. */
  readonly itemId: string | null;
  /** Where the browser goes when the user is done; null for nowhere. */
  readonly redirect: string | null;
  readonly webhook: string | null;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  readonly outcome: LinkOutcome | null;
}

const VALID_MS = 30 * 60_000;

/** The link tokens that were given out: each hosts one session, and tells what came of it for hours. */
export class PlaidLinks {
  private readonly links = new Map<string, PlaidLink>();
  private readonly exchanged = new Set<string>();

  open(asked: Pick<PlaidLink, 'userId' | 'itemId' | 'redirect' | 'webhook'>, now: Instant): PlaidLink {
    const link: PlaidLink = {
      ...asked,
      token: `link-sandbox-${randomUUID()}`,
      createdAt: now,
      expiresAt: toInstant(new Date(Date.parse(now) + VALID_MS)),
      outcome: null,
    };
    this.links.set(link.token, link);
    return link;
  }

  find(token: string): PlaidLink | null {
    return this.links.get(token) ?? null;
  }

  /** Null for a token that hosts no session any more. */
  findOpen(token: string, now: Instant): PlaidLink | null {
    const link = this.find(token);
    return link !== null && link.outcome === null && link.expiresAt > now ? link : null;
  }

  end(token: string, outcome: LinkOutcome): void {
    const link = this.links.get(token);
    if (link !== undefined) this.links.set(token, { ...link, outcome });
  }

  /** The item of a public token, which is good once; null for one that is not. */
  exchange(publicToken: string): string | null {
    const link = [...this.links.values()].find(
      ({ outcome }) => outcome?.type === 'linked' && outcome.publicToken === publicToken,
    );
    if (link?.outcome?.type !== 'linked' || this.exchanged.has(publicToken)) return null;
    this.exchanged.add(publicToken);
    return link.outcome.itemId;
  }

  clear(): void {
    this.links.clear();
    this.exchanged.clear();
  }
}
