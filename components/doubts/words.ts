import { ANY_CURRENCY, createFormats } from '@/components/format/formats';
import type { ReadingQuestion, ReportedValue } from '@/lib/doubts/document';

/** A question about held values in words, for owners and operators alike. */
export function askAbout({ isHistory, reason, from, to, readings }: ReadingQuestion, locale: string): string {
  const [first] = readings;
  const formats = createFormats(locale, first?.currency ?? ANY_CURRENCY);
  const days = from === to ? `on ${formats.date(from)}` : `over ${formats.dateRange(from, to)}`;
  const total = first === undefined ? '' : formatValue(first, locale);
  if (reason === 'wrong_currency' || reason === 'unknown_currency')
    return `In which currency is the total of ${total} ${days}?`;
  if (isHistory) return `Is the broker’s own history ${days} right?`;
  if (reason === 'as_of_conflict') return `Two totals were given for one instant ${days}. Is ${total} right?`;
  return `Was the account really worth ${total} ${days}?`;
}

/** A reported value in its own currency; bare where that is not known. */
export function formatValue(
  { total, currency }: Pick<ReportedValue, 'total' | 'currency'>,
  locale: string,
): string {
  return currency === null ? total : createFormats(locale, currency).money(total);
}
