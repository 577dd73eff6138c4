import type { Formats } from '@/components/format/formats';
import type { Measure } from '@/lib/domain/states';
import type { HistoryDocument } from '@/lib/history/document';
import { describeDays } from './describe';
import { MEASURE_WORDS } from './measure-words';

/** The whole chart in a sentence or two, for those who cannot see it. */
export function summarizeHistory(history: HistoryDocument, measure: Measure, formats: Formats): string {
  const range = formats.dateRange(history.from, history.to);
  const missing = history.coverage.expectedDays - history.coverage.presentDays;
  const holes =
    missing === 0 ? 'No day is missing.' : `No value is known for ${describeDays(missing, formats)}.`;
  const told = [tellEnds(history, formats), tellMeasure(history, measure, formats)].filter(
    (part) => part !== null,
  );
  const title = `${MEASURE_WORDS[measure].title}, ${range}`;
  return told.length === 0 ? `${title}. ${holes}` : `${title}: ${told.join(', ')}. ${holes}`;
}

function tellEnds(history: HistoryDocument, formats: Formats): string | null {
  const points = [...history.points].sort((a, b) => (a.date < b.date ? -1 : 1));
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return null;
  const from = `${formats.money(first.value)} on ${formats.date(first.date)}`;
  const to = `${formats.money(last.value)} on ${formats.date(last.date)}`;
  return `from ${from} to ${to}`;
}

/** The one figure of a measure over the whole range; null for the value, whose ends say it, and where there is none. */
export function tellMeasure({ summary }: HistoryDocument, measure: Measure, formats: Formats): string | null {
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
        : `deepest fall ${formats.signedPercent(summary.maxDrawdown)}`;
  }
}
