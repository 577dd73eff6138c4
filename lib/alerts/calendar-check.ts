import { type CalendarDifference, compareCalendars, type ForeignSession } from '@/lib/domain/calendar-check';
import { CALENDAR_LAST_DATE, exchangeDate } from '@/lib/domain/nyse-calendar';
import { addDays, type TradingDate } from '@/lib/domain/trading-date';

/** How far around today calendars are compared: a closure is announced days before or on the day itself. */
const DAYS_BEFORE = 7;
const DAYS_AHEAD = 42;

export interface CalendarCheckDependencies {
  /** Whether this caller is the one who asks today. */
  readonly claim: (today: TradingDate) => Promise<boolean>;
  readonly fetchSessions: (from: TradingDate, to: TradingDate) => Promise<readonly ForeignSession[]>;
  readonly record: (differences: readonly CalendarDifference[]) => Promise<void>;
}

/**
 * Compares our calendar with somebody else's, once a day and with one request, and keeps the days on which they disagree until the next
 * comparison; alerts are raised from there. Nothing else follows from it: which one is right, a person finds out. Returns how many
 * days differ, or null when it was not this caller's turn. Throws `ProviderError` when there is no answer; what was known stays.
 */
export async function checkCalendar(
  now: Date,
  { claim, fetchSessions, record }: CalendarCheckDependencies,
): Promise<number | null> {
  const today = exchangeDate(now);
  if (!(await claim(today))) return null;
  const from = addDays(today, -DAYS_BEFORE);
  const [to = CALENDAR_LAST_DATE] = [addDays(today, DAYS_AHEAD), CALENDAR_LAST_DATE].sort();
  const differences = compareCalendars(await fetchSessions(from, to), from, to);
  await record(differences);
  return differences.length;
}
