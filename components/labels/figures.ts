import type { Period } from '@/lib/domain/period';
import type { ReturnFault } from '@/lib/domain/returns';
import type { Measure } from '@/lib/domain/states';

export type ReturnFigureName = 'twr' | 'mwr' | 'maxDrawdown';

/** How a return is named, and what it means. */
export const FIGURE_LABELS: Readonly<
  Record<ReturnFigureName, { readonly label: string; readonly meaning: string }>
> = {
  twr: { label: 'Return', meaning: 'Time-weighted: how the investments did, whatever was paid in or out.' },
  mwr: {
    label: 'Money-weighted',
    meaning: 'How your money did: it differs from the return when deposits met good or bad days.',
  },
  maxDrawdown: {
    label: 'Max drawdown',
    meaning: 'The largest fall from an earlier peak, deposits and withdrawals aside.',
  },
};

/** Why there is no return. */
export const FAULT_LABELS: Readonly<Record<ReturnFault, string>> = {
  too_few_days: 'not available: too few known days',
  flows_unknown: 'not available: deposits are not known',
  base_not_positive: 'not available: there was nothing to grow from',
  no_solution: 'not available: no rate explains the payments',
  movement_unknown: 'not available: a movement is not known',
  movements_not_booked: 'available after the broker books today’s movements',
  invested_too_briefly: 'not available: the money was there too briefly',
};

/** A measure's name on its switch, what a chart of it is called, and what it means. */
interface MeasureWords {
  readonly label: string;
  readonly title: string;
  readonly meaning: string;
}

export const MEASURE_WORDS: Readonly<Record<Measure, MeasureWords>> = {
  value: {
    label: 'Value',
    title: 'Portfolio value',
    meaning: 'What everything was worth at the close of each trading day.',
  },
  return: {
    label: 'Return',
    title: 'Return',
    meaning:
      'Time-weighted: how the investments did. Money-weighted: how your own money did. They differ when deposits met good or bad days.',
  },
  deposits: {
    label: 'Net deposits',
    title: 'Net deposits against value',
    meaning: 'What was put in, beside what it was worth. The distance between the two is gain or loss.',
  },
  drawdown: {
    label: 'Drawdown',
    title: 'Drawdown',
    meaning: 'How far each day lay below the highest day before it, deposits and withdrawals aside.',
  },
};

/** Each period's full name, for those who hear it. */
export const PERIOD_NAMES: Readonly<Record<Period, string>> = {
  '1D': '1 day',
  '1W': '1 week',
  '1M': '1 month',
  '3M': '3 months',
  '6M': '6 months',
  YTD: 'Year to date',
  '1Y': '1 year',
  '5Y': '5 years',
  ALL: 'All time',
};

/** A period in the middle of a sentence: `over 6 months`, `since the year began`. All time is since a day, which a history knows. */
export function phrasePeriod(period: Exclude<Period, 'ALL'>): string {
  return period === 'YTD' ? 'since the year began' : `over ${PERIOD_NAMES[period]}`;
}
