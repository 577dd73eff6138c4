import { GAP_REASONS, type GapReason, KINDS, type Kind } from './states';

/**
 * What one user's trading day is: the kind of its snapshot, why it has none, or why none is expected.
 * - `not_due`: not closed long enough to be asked for.
 * - `before_link`: before the first account was known.
 * - `no_account`: every account of the user was closed or unlinked.
 */
export type DayState = Kind | GapReason | 'not_due' | 'before_link' | 'no_account';

/** One character for each state, by which a user's row of days is one short text. The database writes the same ones. */
export const DAY_CODES: Readonly<Record<DayState, string>> = {
  daily_eod: 'c',
  reconstructed: 'r',
  estimated: 'e',
  held: 'h',
  not_yet_due: 'w',
  connection_broken: 'b',
  provider_cannot: 'x',
  provider_had_nothing: 'n',
  rate_limited: 'l',
  unavailable: 'u',
  gave_up: 'g',
  source_off: 'o',
  rate_missing: 'm',
  not_due: '-',
  before_link: '.',
  no_account: '_',
};

/** Every state: kinds best first, then reasons, then days on which nothing is expected. */
export const COVERAGE_STATES: readonly DayState[] = [
  ...KINDS,
  ...GAP_REASONS,
  'not_due',
  'before_link',
  'no_account',
];

const STATES: ReadonlyMap<string, DayState> = new Map(
  COVERAGE_STATES.map((state) => [DAY_CODES[state], state]),
);

/** The state that a character of a row stands for; throws `RangeError` on a character that stands for none. */
export function readDay(code: string): DayState {
  const state = STATES.get(code);
  if (state === undefined) throw new RangeError(`no state of a day: ${JSON.stringify(code)}`);
  return state;
}

/** How rows are ordered: most missing days first, or by e-mail address. */
export const COVERAGE_SORTS = ['worst', 'email'] as const;
export type CoverageSort = (typeof COVERAGE_SORTS)[number];

/** The spans that the grid offers, in calendar days up to the latest due one. */
export const COVERAGE_SPANS = [30, 90, 182, 365] as const;
