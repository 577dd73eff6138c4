import type { Instant, TradingDate } from './trading-date';

/** How well one account is known. */
export interface AccountTrust {
  readonly name: string;
  readonly institution: string;
  readonly status: 'active' | 'disabled' | 'removed';
  readonly firstKnownOn: TradingDate;
  readonly closedOn: TradingDate | null;
  /** The newest trading day with a value that counts, and when that was read; null when there is none. */
  readonly lastValueOn: TradingDate | null;
  readonly lastAsOf: Instant | null;
  /** Values that are held back and wait: nothing has confirmed or refuted them yet. */
  readonly heldValues: number;
}
