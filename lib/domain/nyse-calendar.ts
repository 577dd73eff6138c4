import { tzOffset } from '@date-fns/tz/tzOffset';
import { earlyClosesOf, holidaysOf, isWeekday, SPECIAL_CLOSURES, SPECIAL_HOURS } from './nyse-holidays';
import { addDays, dateOf, type Instant, type TradingDate, toDate, toInstant } from './trading-date';

const MS_PER_MINUTE = 60_000;

const ZONE = 'America/New_York';

/**
 * The instant at which a clock in New York shows `time` (`HH:MM`) on `date`. Of the hour that comes twice in autumn it is the
 * second one.
 */
export function exchangeInstant(date: TradingDate, time: string): Instant {
  // Read as standard time first: that is right on either side of both switches.
  const offset = tzOffset(ZONE, new Date(`${date}T${time}:00-05:00`));
  return toInstant(new Date(Date.parse(`${date}T${time}:00Z`) - offset * MS_PER_MINUTE));
}

/** The date that a calendar in New York shows at an instant. */
export function exchangeDate(now: Date | string): TradingDate {
  const instant = new Date(toInstant(now));
  const offset = tzOffset(ZONE, instant);
  return toDate(new Date(instant.getTime() + offset * MS_PER_MINUTE).toISOString().slice(0, 10));
}

/** What a clock in New York shows at an instant, `HH:MM`. */
export function exchangeTime(now: Date | string): string {
  const instant = new Date(toInstant(now));
  return new Date(instant.getTime() + tzOffset(ZONE, instant) * MS_PER_MINUTE).toISOString().slice(11, 16);
}

/** When a session opens and closes by the clock in New York, `HH:MM`. */
interface SessionHours {
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

/** One trading day of the New York Stock Exchange. */
export interface TradingSession {
  readonly date: TradingDate;
  readonly opensAt: Instant;
  readonly closesAt: Instant;
  /** True when the session ends before 16:00 in New York. */
  readonly earlyClose: boolean;
}

/** Whether the exchange is open at an instant, and when that changes next. */
export interface MarketState {
  readonly isOpen: boolean;
  readonly changesAt: Instant;
}

/** The calendar's first and last date; about other dates it says nothing and throws. */
export const CALENDAR_FIRST_DATE = dateOf(2000, 1, 1);
export const CALENDAR_LAST_DATE = dateOf(2035, 12, 31);

/**
 * The trading days from `from` to `to` (`YYYY-MM-DD`, both included), oldest first.
 * Throws `RangeError` on a malformed date, on `from` after `to`, and outside the calendar.
 */
export function tradingSessions(from: string, to: string): readonly TradingSession[] {
  const first = toCalendarDate(from);
  const last = toCalendarDate(to);
  if (first > last) throw new RangeError(`range runs backwards: ${first} is after ${last}`);
  const sessions: TradingSession[] = [];
  for (let year = yearOf(first); year <= yearOf(last); year += 1) sessions.push(...sessionsIn(year));
  return sessions.filter(({ date }) => date >= first && date <= last);
}

/**
 * The newest trading day that has been closed for at least `settleMinutes` at the instant `now`.
 * Throws `RangeError` when `settleMinutes` is negative or not finite, when `now` is not an instant, and when the
 * calendar does not reach: before its first session has settled, or in New York after its last date.
 */
export function latestClosedSession(now: Date | string, settleMinutes: number): TradingSession {
  if (!Number.isFinite(settleMinutes) || settleMinutes < 0) {
    throw new RangeError(`settle time must be a number of minutes, zero or more: ${settleMinutes}`);
  }
  const instant = toInstant(now);
  if (instant >= calendarEnd())
    throw new RangeError(`the calendar ends on ${CALENDAR_LAST_DATE}: ${instant}`);
  const cutoffMs = Date.parse(instant) - settleMinutes * MS_PER_MINUTE;
  const count = countWhile((session) => Date.parse(session.closesAt) <= cutoffMs);
  const session = allSessions()[count - 1];
  if (session === undefined) throw new RangeError(`no session of the calendar has closed by ${instant}`);
  return session;
}

/**
 * The state of the exchange at the instant `now`; the opening and the close themselves already belong to what follows.
 * Throws `RangeError` when `now` is not an instant and after the last close of the calendar.
 */
export function marketStateAt(now: Date | string): MarketState {
  const nowMs = Date.parse(toInstant(now));
  const session = allSessions()[countWhile(({ closesAt }) => Date.parse(closesAt) <= nowMs)];
  if (session === undefined) throw new RangeError(`the calendar knows no session after ${toInstant(now)}`);
  const isOpen = Date.parse(session.opensAt) <= nowMs;
  return { isOpen, changesAt: isOpen ? session.closesAt : session.opensAt };
}

/** The first trading day strictly after a date; `RangeError` where the calendar knows none. */
export function nextSession(date: string): TradingSession {
  const day = toCalendarDate(date);
  const session = [yearOf(day), yearOf(day) + 1]
    .map((year) => sessionsIn(year).find((each) => each.date > day))
    .find((each) => each !== undefined);
  if (session === undefined) throw new RangeError(`the calendar knows no session after ${date}`);
  return session;
}

/** The last trading day strictly before a date; `RangeError` where the calendar knows none. */
export function previousSession(date: string): TradingSession {
  const day = toCalendarDate(date);
  const session = [yearOf(day), yearOf(day) - 1]
    .map((year) => sessionsIn(year).findLast((each) => each.date < day))
    .find((each) => each !== undefined);
  if (session === undefined) throw new RangeError(`the calendar knows no session before ${date}`);
  return session;
}

/** The last trading day that is not after a date; `RangeError` where the calendar knows none. */
export function lastSessionThrough(date: string): TradingSession {
  return sessionOn(date) ?? previousSession(date);
}

/** The session of a date, or null when the exchange is closed all day; `RangeError` outside the calendar. */
export function sessionOn(date: string): TradingSession | null {
  const wanted = toCalendarDate(date);
  return sessionsIn(yearOf(wanted)).find(({ date }) => date === wanted) ?? null;
}

/** True when the exchange opens on that date; `RangeError` outside the calendar. */
export function isTradingDay(date: string): boolean {
  return sessionOn(date) !== null;
}

/** What a database's table of sessions is brought in line with. */
export interface CalendarExcerpt {
  readonly from: TradingDate;
  readonly to: TradingDate;
  /** All sessions between the two days, and those of other years with announced hours. */
  readonly sessions: readonly TradingSession[];
  /** All announced closures, of whatever year. */
  readonly closures: readonly TradingDate[];
}

/** The calendar of the year of an instant and of the next, with everything that was ever announced. */
export function calendarAround(now: Date | string): CalendarExcerpt {
  const year = Number(toInstant(now).slice(0, 4));
  const from = dateOf(year, 1, 1);
  const isLastYear = year >= Number(CALENDAR_LAST_DATE.slice(0, 4));
  const to = isLastYear ? CALENDAR_LAST_DATE : dateOf(year + 1, 12, 31);
  const elsewhere = SPECIAL_HOURS.flatMap(
    ({ date }) => (date < from || date > to ? sessionOn(date) : null) ?? [],
  );
  return {
    from,
    to,
    sessions: [...elsewhere, ...tradingSessions(from, to)],
    closures: SPECIAL_CLOSURES.map(({ date }) => toDate(date)),
  };
}

const yearOf = (date: TradingDate): number => Number(date.slice(0, 4));

const cachedYears = new Map<number, readonly TradingSession[]>();

/** The sessions of a year, built when first asked for: a phone that asks about a week need not build decades. None outside the calendar. */
function sessionsIn(year: number): readonly TradingSession[] {
  const cached = cachedYears.get(year);
  if (cached !== undefined) return cached;
  const isKnown = year >= yearOf(CALENDAR_FIRST_DATE) && year <= yearOf(CALENDAR_LAST_DATE);
  const sessions = isKnown ? sessionsOfYear(year) : [];
  cachedYears.set(year, sessions);
  return sessions;
}

let cachedSessions: readonly TradingSession[] | undefined;

/** Every session of the calendar, built when first asked for. */
function allSessions(): readonly TradingSession[] {
  cachedSessions ??= buildSessions();
  return cachedSessions;
}

function buildSessions(): readonly TradingSession[] {
  const sessions: TradingSession[] = [];
  for (let year = yearOf(CALENDAR_FIRST_DATE); year <= yearOf(CALENDAR_LAST_DATE); year += 1)
    sessions.push(...sessionsIn(year));
  return sessions;
}

function sessionsOfYear(year: number): TradingSession[] {
  const closures = new Set(closuresOf(year));
  const irregularHours = irregularHoursOf(year);
  const sessions: TradingSession[] = [];
  const lastDate = dateOf(year, 12, 31);
  for (let date = dateOf(year, 1, 1); date <= lastDate; date = addDays(date, 1)) {
    if (!isWeekday(date) || closures.has(date)) continue;
    const { opens, closes } = irregularHours.get(date) ?? REGULAR_HOURS;
    const opensAt = exchangeInstant(date, opens);
    const closesAt = exchangeInstant(date, closes);
    // Frozen because every caller is handed the same object.
    sessions.push(Object.freeze({ date, opensAt, closesAt, earlyClose: closes < REGULAR_HOURS.closes }));
  }
  return sessions;
}

/** The midnight in New York that ends the last date of the calendar. */
function calendarEnd(): Instant {
  return exchangeInstant(addDays(CALENDAR_LAST_DATE, 1), '00:00');
}

function toCalendarDate(text: string): TradingDate {
  const date = toDate(text);
  if (date < CALENDAR_FIRST_DATE || date > CALENDAR_LAST_DATE) {
    throw new RangeError(`outside the calendar (${CALENDAR_FIRST_DATE} to ${CALENDAR_LAST_DATE}): ${date}`);
  }
  return date;
}

/** How many of the first sessions satisfy a test that, once false, stays false (a binary search). */
function countWhile(test: (session: TradingSession) => boolean): number {
  const sessions = allSessions();
  let low = 0;
  let high = sessions.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const session = sessions[middle];
    if (session !== undefined && test(session)) low = middle + 1;
    else high = middle;
  }
  return low;
}
