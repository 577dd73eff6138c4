import type { Formats } from '@/components/format/formats';
import { phrasePeriod } from '@/components/labels/figures';
import { isPeriod } from '@/lib/domain/period';
import type { Instant } from '@/lib/domain/trading-date';
import type { HistoryAccount, HistoryDocument, HistorySummary } from '@/lib/history/document';

/**
 * The shown days in the middle of a sentence: `over 6 months`, `Mar 3 – May 9, 2026` for chosen dates, and `since Nov 22, 2024`
 * where the history is shorter than the period.
 */
export function describeSpan(
  { period, from, to, knownFrom }: Pick<HistoryDocument, 'period' | 'from' | 'to' | 'knownFrom'>,
  formats: Formats,
): string {
  if (!isPeriod(period)) return formats.dateRange(from, to);
  return period === 'ALL' || from === knownFrom ? `since ${formats.date(from)}` : phrasePeriod(period);
}

/** More names than this are counted instead. */
const NAMED_MAX = 2;

/** Which accounts a selection shows, in words; null when all of them are shown. */
export function describeShown(accounts: readonly HistoryAccount[]): string | null {
  const shown = accounts.filter((account) => account.isShown);
  if (shown.length === accounts.length) return null;
  if (shown.length > NAMED_MAX) return `Only ${shown.length} of ${accounts.length} accounts`;
  const names = shown.map((account) => `${account.name} at ${account.institution}`);
  return `Only ${new Intl.ListFormat('en').format(names)}`;
}

/** Why the two returns are not the same figure; null when they are, as they are read. */
export function explainDifference(
  { twr, mwr }: Pick<HistorySummary, 'twr' | 'mwr'>,
  formats: Pick<Formats, 'signedPercent'>,
): string | null {
  if (twr === null || mwr === null || formats.signedPercent(twr) === formats.signedPercent(mwr)) return null;
  const days =
    Number(mwr) < Number(twr)
      ? 'lower because more of your money was invested on the weaker days'
      : 'higher because more of your money was invested on the better days';
  return `The return counts every day the same, regardless of deposits and withdrawals. Money-weighted is how your own money did: it is ${days}.`;
}

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;

/** Whole minutes from an instant to a later one; zero when it is not later. */
export function ageMinutes(since: Instant, now: Instant): number {
  return Math.max(0, Math.floor((Date.parse(now) - Date.parse(since)) / MINUTE_MS));
}

/** An age in its largest whole unit: `25 minutes`, `3 hours`, `2 days`. */
export function describeAge(minutes: number): string {
  if (minutes < HOUR_MINUTES) return plural(minutes, 'minute');
  if (minutes < DAY_MINUTES) return plural(Math.floor(minutes / HOUR_MINUTES), 'hour');
  return plural(Math.floor(minutes / DAY_MINUTES), 'day');
}

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
