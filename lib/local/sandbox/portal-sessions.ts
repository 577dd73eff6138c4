import { randomUUID } from 'node:crypto';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

/** What a user may do in the portal behind one address. */
export interface PortalSession {
  readonly id: string;
  readonly userId: string;
  /** The connection to mend; null to link another one. */
  readonly reconnect: string | null;
  /** Where the browser goes when the user is done; null for nowhere. */
  readonly redirect: string | null;
  readonly expiresAt: Instant;
}

const VALID_MS = 5 * 60_000;

/** The addresses of the portal that were given out: each is good for five minutes, and for one outcome. */
export class PortalSessions {
  private readonly sessions = new Map<string, PortalSession>();

  open(asked: Pick<PortalSession, 'userId' | 'reconnect' | 'redirect'>, now: Instant): PortalSession {
    for (const { id, expiresAt } of this.sessions.values()) if (expiresAt <= now) this.sessions.delete(id);
    const expiresAt = toInstant(new Date(Date.parse(now) + VALID_MS));
    const session = { ...asked, id: randomUUID(), expiresAt };
    this.sessions.set(session.id, session);
    return session;
  }

  /** Null for an address that was never given out, was used, or has run out. */
  find(id: string, now: Instant): PortalSession | null {
    const session = this.sessions.get(id);
    return session !== undefined && session.expiresAt > now ? session : null;
  }

  end(id: string): void {
    this.sessions.delete(id);
  }

  clear(): void {
    this.sessions.clear();
  }
}
