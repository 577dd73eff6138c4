import type { Kind } from './kind';
import type { Amount } from './money';
import type { Instant, TradingDate } from './trading-date';

/** A published day that changed: from what to what, when and why. */
export interface Correction {
  readonly id: number;
  readonly date: TradingDate;
  readonly oldValue: Amount;
  readonly oldKind: Kind;
  /** Null when the day was withdrawn and has no value any more. */
  readonly newValue: Amount | null;
  readonly newKind: Kind | null;
  readonly reason: string;
  readonly changedAt: Instant;
}
