import { phrasePeriod } from '@/components/chart/period-words';
import type { Formats } from '@/components/format/formats';
import { isPeriod } from '@/lib/domain/period';
import type { HistoryDocument } from '@/lib/history/document';

/** The shown days in the middle of a sentence: `over 6 months`, or `Mar 3 – May 9, 2026` for chosen dates. */
export function describeSpan(
  { period, from, to }: Pick<HistoryDocument, 'period' | 'from' | 'to'>,
  formats: Formats,
): string {
  return isPeriod(period) ? phrasePeriod(period) : formats.dateRange(from, to);
}
