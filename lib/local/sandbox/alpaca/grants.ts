import { randomUUID } from 'node:crypto';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

/** What a code stands for. */
interface Grant {
  readonly accountId: string;
  /** Where the browser was sent with it, which whoever exchanges it has to know. */
  readonly redirectUri: string;
  readonly expiresAt: Instant;
}

/** As long as Alpaca's support says that a code is good. */
const VALID_MS = 10 * 60_000;

/** The codes that were given out on the page, good once. */
export class AlpacaGrants {
  private readonly grants = new Map<string, Grant>();

  give(accountId: string, redirectUri: string, now: Instant): string {
    const code = randomUUID();
    const expiresAt = toInstant(new Date(Date.parse(now) + VALID_MS));
    this.grants.set(code, { accountId, redirectUri, expiresAt });
    return code;
  }

  /** The account of a code, which is used up by it; null for one that is not good. */
  take(code: string, redirectUri: string, now: Instant): string | null {
    const grant = this.grants.get(code);
    this.grants.delete(code);
    return grant !== undefined && grant.redirectUri === redirectUri && grant.expiresAt > now
      ? grant.accountId
      : null;
  }

  clear(): void {
    this.grants.clear();
  }
}
