import type { Formats } from '@/components/format/formats';
import type { HistorySummary } from '@/lib/history/document';

/** Why the two returns are not the same figure; null when they are, as they are read. */
export function explainDifference(
  { twr, mwr }: Pick<HistorySummary, 'twr' | 'mwr'>,
  formats: Pick<Formats, 'signedPercent'>,
): string | null {
  if (twr === null || mwr === null || formats.signedPercent(twr) === formats.signedPercent(mwr)) return null;
  const days =
    Number(mwr) < Number(twr)
      ? 'lower because more money was there on the weaker days'
      : 'higher because more money was there on the better days';
  return `The return counts every day alike, whatever was paid in or out. Money-weighted is how your money did: it is ${days}.`;
}
