import type { DayState } from '@/lib/coverage/document';

/** How a square is drawn. A mark tells states apart without colour. */
export interface DayMark {
  /** The letter in the square; null where the square's pattern says enough. */
  readonly letter: string | null;
  readonly tone: 'captured' | 'reconstructed' | 'estimated' | 'held' | 'open' | 'final' | 'none';
}

export const DAY_MARKS: Readonly<Record<DayState, DayMark>> = {
  daily_eod: { letter: null, tone: 'captured' },
  reconstructed: { letter: null, tone: 'reconstructed' },
  estimated: { letter: null, tone: 'estimated' },
  held: { letter: 'H', tone: 'held' },
  not_yet_due: { letter: 'W', tone: 'open' },
  connection_broken: { letter: 'B', tone: 'open' },
  rate_limited: { letter: 'L', tone: 'open' },
  unavailable: { letter: 'U', tone: 'open' },
  rate_missing: { letter: 'M', tone: 'open' },
  provider_cannot: { letter: 'X', tone: 'final' },
  provider_had_nothing: { letter: 'N', tone: 'final' },
  gave_up: { letter: 'G', tone: 'final' },
  not_due: { letter: null, tone: 'none' },
  before_link: { letter: null, tone: 'none' },
  no_account: { letter: null, tone: 'none' },
};
