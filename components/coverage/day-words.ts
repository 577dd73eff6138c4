import type { DayState } from '@/lib/domain/coverage';
import type { GapReason } from '@/lib/domain/gap-reason';

/** How a square is named, explained and drawn. A mark tells states apart without colour. */
export interface DayWords {
  readonly label: string;
  readonly meaning: string;
  /** The letter in the square; null where the square's pattern says enough. */
  readonly letter: string | null;
  readonly tone: 'captured' | 'reconstructed' | 'estimated' | 'held' | 'open' | 'final' | 'none';
}

export const DAY_WORDS: Readonly<Record<DayState, DayWords>> = {
  daily_eod: { label: 'Captured', meaning: 'Read after the close.', letter: null, tone: 'captured' },
  reconstructed: {
    label: 'Reconstructed',
    meaning: 'Filled in later from the broker’s own history.',
    letter: null,
    tone: 'reconstructed',
  },
  estimated: {
    label: 'Estimated',
    meaning: 'At least one account is carried from an earlier day.',
    letter: null,
    tone: 'estimated',
  },
  held: {
    label: 'Held',
    meaning: 'A value arrived that cannot be believed; it waits for a verdict.',
    letter: 'H',
    tone: 'held',
  },
  not_yet_due: {
    label: 'Waiting',
    meaning: 'Not captured yet; the next run asks.',
    letter: 'W',
    tone: 'open',
  },
  connection_broken: {
    label: 'Connection broken',
    meaning: 'The broker lets nobody in until the user reconnects.',
    letter: 'B',
    tone: 'open',
  },
  rate_limited: {
    label: 'Rate limited',
    meaning: 'The provider asked us to slow down.',
    letter: 'L',
    tone: 'open',
  },
  unavailable: {
    label: 'Unavailable',
    meaning: 'The broker or the provider could not be reached.',
    letter: 'U',
    tone: 'open',
  },
  rate_missing: {
    label: 'Exchange rate missing',
    meaning: 'Every account has its value, but the total cannot be told.',
    letter: 'M',
    tone: 'open',
  },
  provider_cannot: {
    label: 'No broker history',
    meaning: 'The provider offers no history for it, or it lies too far back.',
    letter: 'X',
    tone: 'final',
  },
  provider_had_nothing: {
    label: 'Provider had nothing',
    meaning: 'The provider answered without this day.',
    letter: 'N',
    tone: 'final',
  },
  gave_up: { label: 'Gave up', meaning: 'Every attempt failed.', letter: 'G', tone: 'final' },
  not_due: {
    label: 'Not due',
    meaning: 'The session is on, or has only just closed.',
    letter: null,
    tone: 'none',
  },
  before_link: { label: 'Before link', meaning: 'No account was known yet.', letter: null, tone: 'none' },
  no_account: {
    label: 'No account',
    meaning: 'Every account was closed or unlinked.',
    letter: null,
    tone: 'none',
  },
};

/** A reason as operators read it. */
export function nameReason(reason: GapReason): string {
  return DAY_WORDS[reason].label;
}
