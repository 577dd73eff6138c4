import type { Formats } from '@/components/format/formats';
import { MEASURE_WORDS } from '@/components/labels/figures';
import { GAP_LABELS, KIND_LABELS, statedParts } from '@/components/labels/states';
import { withoutSign } from '@/components/portfolio/value-change';
import { addAmounts } from '@/lib/domain/amount';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { Measure } from '@/lib/domain/states';
import type {
  Correction,
  HistoryDocument,
  HistoryFlow,
  HistoryGap,
  HistoryPoint,
} from '@/lib/history/document';

/** How one day's value is known, naming every account that is carried, and from when, or left out, and what a statement gives. */
export function describeKind(point: HistoryPoint, formats: Formats): string {
  const exceptions = [
    ...statedParts(point.source),
    ...point.carried.map(({ name, from }) => `${name} as of ${formats.shortDate(from)}`),
    ...point.leftOut.map(({ name }) => `without ${name}, linked later`),
  ];
  if (exceptions.length === 0) return KIND_LABELS[point.kind].reading;
  return `${KIND_LABELS[point.kind].label}: ${new Intl.ListFormat('en').format(exceptions)}`;
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
  if (gap.final) return 'It can’t be recovered, unless someone reopens it.';
  // A broken connection is looked at again now and then, but only its owner can reconnect it.
  if (gap.nextAttemptAt === null || gap.reason === 'connection_broken') return GAP_LABELS[gap.reason].waiting;
  return `Next attempt ${formats.instant(gap.nextAttemptAt)}.`;
}

/** Why a range has neither values nor gaps, in words; null when it has. */
export function describeEmptyRange(
  {
    points,
    gaps,
    knownFrom,
    from,
    to,
  }: Pick<HistoryDocument, 'points' | 'gaps' | 'knownFrom' | 'from' | 'to'>,
  formats: Formats,
): string | null {
  if (points.length > 0 || gaps.length > 0) return null;
  if (knownFrom !== null && to < knownFrom) return `Your history begins ${formats.date(knownFrom)}`;
  const days = formats.dateRange(from, to);
  return tradingSessions(from, to).length === 0
    ? `Market closed: no trading day, ${days}`
    : `No trading day has closed yet, ${days}`;
}

/** The whole chart in a sentence or two, for those who cannot see it. */
export function summarizeHistory(history: HistoryDocument, measure: Measure, formats: Formats): string {
  const range = formats.dateRange(history.from, history.to);
  const missing = history.coverage.expectedDays - history.coverage.presentDays;
  const holes =
    missing === 0 ? 'No day is missing.' : `We have no value for ${describeDays(missing, formats)}.`;
  const parts = [describeEnds(history, formats), describeMeasure(history, measure, formats)].filter(
    (part) => part !== null,
  );
  const title = `${MEASURE_WORDS[measure].title}, ${range}`;
  return parts.length === 0 ? `${title}. ${holes}` : `${title}: ${parts.join(', ')}. ${holes}`;
}

function describeEnds(history: HistoryDocument, formats: Formats): string | null {
  const points = [...history.points].sort((a, b) => (a.date < b.date ? -1 : 1));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const from = `${formats.money(first.value)} on ${formats.date(first.date)}`;
  const to = `${formats.money(last.value)} on ${formats.date(last.date)}`;
  return `from ${from} to ${to}`;
}

/** The one figure of a measure over the whole range; null for the value, whose ends show it, and where there is none. */
export function describeMeasure(
  { summary }: HistoryDocument,
  measure: Measure,
  formats: Formats,
): string | null {
  switch (measure) {
    case 'value':
      return null;
    case 'return': {
      if (summary.twr === null) return null;
      const twr = `time-weighted ${formats.signedPercent(summary.twr)}`;
      return summary.mwr === null ? twr : `${twr}, money-weighted ${formats.signedPercent(summary.mwr)}`;
    }
    case 'deposits':
      return summary.netDeposits === null
        ? null
        : `net deposits ${formats.signedMoney(summary.netDeposits)}${summary.marketChange === null ? '' : `, market change ${formats.signedMoney(summary.marketChange)}`}`;
    case 'drawdown':
      return summary.maxDrawdown === null
        ? null
        : `largest drop ${formats.signedPercent(summary.maxDrawdown)}`;
  }
}

/** The sum of some flows as a number for pixels and signs. */
export function netOf(flows: readonly HistoryFlow[]): number {
  return flows.reduce((sum, flow) => sum + Number(flow.amount), 0);
}

/** `$500.00 deposited` and `$9,000.00 withdrawn`, each the sum of its kind; nothing without flows. */
export function describeFlows(flows: readonly HistoryFlow[], formats: Formats): string[] {
  const amounts = flows.map((flow) => flow.amount);
  const sides = [
    { verb: 'deposited', side: amounts.filter((amount) => !amount.startsWith('-')) },
    { verb: 'withdrawn', side: amounts.filter((amount) => amount.startsWith('-')) },
  ];
  return sides
    .filter(({ side }) => side.length > 0)
    .map(({ verb, side }) => `${formats.money(withoutSign(addAmounts(...side)))} ${verb}`);
}

/** `Corrected Nov 21, 2026, 09:00 ET: was $100.00, estimated`, one for each. */
export function describeCorrections(corrections: readonly Correction[], formats: Formats): string[] {
  return corrections.map(({ changedAt, oldValue, oldKind, newValue }) => {
    const verb = newValue === null ? 'Removed' : 'Corrected';
    const was = `was ${formats.money(oldValue)}, ${KIND_LABELS[oldKind].label.toLowerCase()}`;
    return `${verb} ${formats.instant(changedAt)}: ${was}`;
  });
}
