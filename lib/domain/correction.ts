import type { Amount } from './money';
import type { Kind } from './states';
import type { Instant, TradingDate } from './trading-date';

/**
 * Why a published day changed: a closed list, the same in the database, in routes and on screen. The first five follow from
 * what the evidence shows; the others name the act behind a change.
 */
export const CORRECTION_REASONS = [
  'withdrawn',
  'accounts changed',
  'completed',
  'better observation',
  'restated',
  'confirmed as one account',
  'separated as different accounts',
  'connection unlinked',
  'accepted by an administrator',
  'republished',
] as const;
export type CorrectionReason = (typeof CORRECTION_REASONS)[number];

/** A published day that changed: from what to what, when and why. */
export interface Correction {
  readonly id: number;
  readonly date: TradingDate;
  readonly oldValue: Amount;
  readonly oldKind: Kind;
  /** Null when the day was withdrawn and has no value any more. */
  readonly newValue: Amount | null;
  readonly newKind: Kind | null;
  readonly reason: CorrectionReason;
  readonly changedAt: Instant;
}
