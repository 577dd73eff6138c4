import type { Period } from '@/lib/domain/period';
import type { ReturnFault } from '@/lib/domain/returns';
import type { Measure } from '@/lib/domain/states';

export type ReturnFigureName = 'twr' | 'mwr' | 'maxDrawdown';

/** How a return is named, and what it means. */
export const FIGURE_LABELS: Readonly<
  Record<ReturnFigureName, { readonly label: string; readonly meaning: string }>
> = {
  twr: {
    label: 'Return',
    meaning: 'Time-weighted: how the investments did, regardless of deposits and withdrawals.',
  },
  mwr: {
    label: 'Money-weighted',
    meaning: 'How your money did: it differs from the return when deposits met good or bad days.',
  },
  maxDrawdown: {
    label: 'Largest drop',
    meaning: 'The largest drop from an earlier high, not counting deposits and withdrawals.',
  },
};

/** Why there is no return. */
export const FAULT_LABELS: Readonly<Record<ReturnFault, string>> = {
  too_few_days: 'not available: too few days with a value',
  flows_unknown: 'not available: we don’t know the deposits',
  base_not_positive: 'not available: there was no money to grow',
  no_solution: 'not available: it can’t be calculated for these payments',
  movement_unknown: 'not available: we don’t know what a movement was',
  movements_not_booked: 'available after the broker books today’s movements',
  invested_too_briefly: 'not available: the money was invested too briefly',
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
    label: 'Money invested',
    title: 'Money invested and value',
    meaning:
      'The money you put in, and what it was worth. The distance between the two is your gain or loss.',
  },
  drawdown: {
    label: 'Drops',
    title: 'Drops from the highest value',
    meaning: 'How far each day was below the highest day before it, not counting deposits and withdrawals.',
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
