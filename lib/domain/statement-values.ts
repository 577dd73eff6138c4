/**
 * What taking in a value from a statement means:
 * - `new`: nothing is known of that day.
 * - `replaces`: an earlier file says otherwise.
 * - `confirms`: it is known already, and becomes an official value.
 * - `same`: it is known already.
 * - `differs`: a better value is known, which goes on to stand.
 * - `future`, `before`: the day has not closed yet, or lies before the calendar.
 * - `closed`: the account had ended by then.
 * - `other_currency`: the account is kept in another currency.
 */
export const STATEMENT_VERDICTS = [
  'new',
  'replaces',
  'confirms',
  'same',
  'differs',
  'future',
  'before',
  'closed',
  'other_currency',
] as const;
export type StatementVerdict = (typeof STATEMENT_VERDICTS)[number];

/** The source of a day all of whose estimates are official values of statements, so that it may enter returns. */
const OFFICIAL_SOURCE = 'official_statement';

/** Whether a day may enter a return: captured and reconstructed ones, and those that their user's statements confirm. */
export function entersReturns({ kind, source }: { readonly kind: string; readonly source: string }): boolean {
  return kind !== 'estimated' || source.split(',').includes(OFFICIAL_SOURCE);
}
