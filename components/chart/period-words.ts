import type { Period } from '@/lib/domain/period';

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

/** A period in the middle of a sentence: `over 6 months`, `since the year began`. */
export function phrasePeriod(period: Period): string {
  if (period === 'YTD') return 'since the year began';
  if (period === 'ALL') return 'since the first day';
  return `over ${PERIOD_NAMES[period]}`;
}
