import { SPECIAL_CLOSURES, SPECIAL_HOURS } from './market-exceptions';
import { earlyClosesOf, holidaysOf } from './market-holidays';
import { type TradingDate, toDate } from './trading-date';

/** When a session opens and closes by the clock in New York, `HH:MM`. */
export interface SessionHours {
  readonly opens: string;
  readonly closes: string;
}

/** The hours of a trading day that nothing shortens. */
export const REGULAR_HOURS: SessionHours = { opens: '09:30', closes: '16:00' };

const EARLY_CLOSE = '13:00';

const ALL_ANNOUNCEMENTS = '9999-12-31';

/** The weekdays of a year without a session, by rule and by announcement (for days up to a last one), oldest first. */
export function closuresOf(year: number, announcedUntil = ALL_ANNOUNCEMENTS): readonly TradingDate[] {
  const announced = SPECIAL_CLOSURES.map((closure) => toDate(closure.date)).filter(
    (date) => isIn(year)(date) && date <= announcedUntil,
  );
  return [...new Set([...holidaysOf(year), ...announced])].sort();
}

/** The trading days of a year whose hours are not the regular ones, oldest first; an announcement outranks a rule. */
export function irregularHoursOf(
  year: number,
  announcedUntil = ALL_ANNOUNCEMENTS,
): ReadonlyMap<TradingDate, SessionHours> {
  const hours = new Map<TradingDate, SessionHours>();
  for (const date of earlyClosesOf(year)) hours.set(date, { ...REGULAR_HOURS, closes: EARLY_CLOSE });
  for (const special of SPECIAL_HOURS) {
    const date = toDate(special.date);
    if (!isIn(year)(date) || date > announcedUntil) continue;
    const usual = hours.get(date) ?? REGULAR_HOURS;
    hours.set(date, { opens: special.opens ?? usual.opens, closes: special.closes ?? usual.closes });
  }
  for (const date of closuresOf(year, announcedUntil)) hours.delete(date);
  return new Map([...hours].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isIn(year: number): (date: TradingDate) => boolean {
  return (date) => Number(date.slice(0, 4)) === year;
}
