import type { StatementVerdict } from '@/lib/domain/statement-values';

/** What becomes of a value from a statement. */
interface VerdictLabel {
  readonly label: string;
  readonly meaning: string;
}

export const STATEMENT_VERDICT_LABELS: Readonly<Record<StatementVerdict, VerdictLabel>> = {
  new: { label: 'New', meaning: 'We have no value for this day yet.' },
  replaces: {
    label: 'Replaces',
    meaning: 'An earlier file of yours gives another value; this one counts from now on.',
  },
  confirms: {
    label: 'Confirms',
    meaning: 'An earlier file of yours gives this value; it becomes an official one.',
  },
  same: { label: 'Already known', meaning: 'Nothing changes.' },
  differs: {
    label: 'Differs',
    meaning: 'Your broker reported another value, which stays on the chart. We keep yours beside it.',
  },
  future: { label: 'Not closed yet', meaning: 'The day has no closing value yet.' },
  before: { label: 'Too early', meaning: 'It is before the year 2000.' },
  closed: { label: 'Account ended', meaning: 'The account had ended by then.' },
  other_currency: {
    label: 'Other currency',
    meaning: 'The account is kept in another currency.',
  },
};
