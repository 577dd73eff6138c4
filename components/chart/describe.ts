import type { Formats } from '@/components/format/formats';
import { GAP_LABELS, KIND_LABELS } from '@/components/labels/day-states';
import type { HistoryGap, HistoryPoint } from '@/lib/history/document';

/** How one day's value is known, naming every account that is carried and from when. */
export function describeKind(point: HistoryPoint, formats: Formats): string {
  if (point.carried.length === 0) return KIND_LABELS[point.kind].reading;
  const carried = point.carried.map(
    (account) => `${account.name} carried from ${formats.shortDate(account.from)}`,
  );
  return `${KIND_LABELS[point.kind].label}: ${new Intl.ListFormat('en').format(carried)}`;
}

/** How many of the expected accounts are part of the total. */
export function describeCompleteness(point: HistoryPoint): string {
  const accounts = point.accountsExpected === 1 ? 'account' : 'accounts';
  return `${point.accountsPresent} of ${point.accountsExpected} ${accounts}`;
}

/** Trading days in words: `1 trading day`, `12 trading days`. */
export function describeDays(days: number, formats: Formats): string {
  return `${formats.count(days)} trading ${days === 1 ? 'day' : 'days'}`;
}

/** A gap's days: one date, or a range. */
export function describeGapDates(gap: HistoryGap, formats: Formats): string {
  return gap.from === gap.to ? formats.date(gap.from) : formats.dateRange(gap.from, gap.to);
}

/** What happens next with a gap. */
export function describeOutlook(gap: HistoryGap, formats: Formats): string {
  if (gap.final) return 'Final: it will not be tried again unless someone reopens it.';
  // A broken connection is looked at again now and then, but only its owner can mend it.
  if (gap.nextAttemptAt === null || gap.reason === 'connection_broken') return GAP_LABELS[gap.reason].waiting;
  return `Next attempt ${formats.instant(gap.nextAttemptAt)}.`;
}
