import type { Formats } from '@/components/format/formats';
import type { HistoryDocument, HistoryGap, HistoryPoint } from '@/lib/domain/history';
import type { Stop } from './chart-series';
import { GAP_WORDS, KIND_WORDS, nameSource } from './words';

/** What the chart says about one stop; lines after the first two are details. */
export interface Reading {
  readonly when: string;
  readonly value: string | null;
  readonly how: string;
  readonly details: readonly string[];
}

/** How one day's value is known, naming every account that is carried and from when. */
export function describeKind(point: HistoryPoint, formats: Formats): string {
  if (point.carried.length === 0) return KIND_WORDS[point.kind].reading;
  const carried = point.carried.map(
    (account) => `${account.name} carried from ${formats.shortDate(account.from)}`,
  );
  return `${KIND_WORDS[point.kind].label}: ${new Intl.ListFormat('en').format(carried)}`;
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
  if (gap.nextAttemptAt === null || gap.reason === 'connection_broken') return GAP_WORDS[gap.reason].waiting;
  return `Next attempt ${formats.instant(gap.nextAttemptAt)}.`;
}

/** Everything there is to read at a stop. */
export function readStop(stop: Stop, formats: Formats): Reading {
  switch (stop.type) {
    case 'point': {
      const { point } = stop;
      const partial = point.accountsPresent < point.accountsExpected ? [describeCompleteness(point)] : [];
      return {
        when: formats.longDate(point.date),
        value: formats.money(point.value),
        how: describeKind(point, formats),
        details: [
          ...partial,
          `${nameSource(point.source)}, as of ${formats.instantOn(point.asOf, point.date)}`,
        ],
      };
    }
    case 'gap': {
      const { gap } = stop.band;
      return {
        when: describeGapDates(gap, formats),
        value: null,
        how: `${GAP_WORDS[gap.reason].label}: no value for ${describeDays(gap.days, formats)}`,
        details: [GAP_WORDS[gap.reason].sentence, describeOutlook(gap, formats)],
      };
    }
    case 'live':
      return {
        when: 'Live',
        value: formats.money(stop.live.value),
        how: 'Not yet a day’s history',
        details: [`${nameSource(stop.live.source)}, as of ${formats.instant(stop.live.asOf)}`],
      };
  }
}

/** A reading as one announcement. */
export function speakReading(reading: Reading): string {
  const parts = [reading.when, reading.value, reading.how, ...reading.details];
  return parts
    .filter((part) => part !== null)
    .map((part) => part.replace(/\.$/, ''))
    .join('. ');
}

/** The whole chart in one sentence or two, for those who cannot see it. */
export function summarizeHistory(history: HistoryDocument, formats: Formats): string {
  const points = [...history.points].sort((a, b) => (a.date < b.date ? -1 : 1));
  const first = points[0];
  const last = points.at(-1);
  const range = formats.dateRange(history.from, history.to);
  const missing = history.coverage.expectedDays - history.coverage.presentDays;
  const holes =
    missing === 0 ? 'No day is missing.' : `No value is known for ${describeDays(missing, formats)}.`;
  if (first === undefined || last === undefined) return `Portfolio value, ${range}. ${holes}`;
  const from = `${formats.money(first.value)} on ${formats.date(first.date)}`;
  const to = `${formats.money(last.value)} on ${formats.date(last.date)}`;
  return `Portfolio value, ${range}: from ${from} to ${to}. ${holes}`;
}
