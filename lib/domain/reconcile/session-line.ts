import {
  CALENDAR_FIRST_DATE,
  CALENDAR_LAST_DATE,
  type TradingSession,
  tradingSessions,
} from '@/lib/domain/nyse-calendar';
import { addDays, type Instant, type TradingDate } from '../trading-date';

/** Trading days as a number line: distances between days are counted in sessions, never in calendar days. */
export class SessionLine {
  private readonly ordinals: ReadonlyMap<TradingDate, number>;

  private constructor(private readonly sessions: readonly TradingSession[]) {
    this.ordinals = new Map(sessions.map(({ date }, index) => [date, index]));
  }

  /** The line that holds all of these dates, with a margin around them. */
  static around(dates: Iterable<TradingDate>): SessionLine {
    let first: TradingDate | null = null;
    let last: TradingDate | null = null;
    for (const date of dates) {
      if (first === null || date < first) first = date;
      if (last === null || date > last) last = date;
    }
    if (first === null || last === null) return new SessionLine([]);
    return new SessionLine(
      tradingSessions(
        later(addDays(first, -MARGIN_DAYS), CALENDAR_FIRST_DATE),
        earlier(addDays(last, MARGIN_DAYS), CALENDAR_LAST_DATE),
      ),
    );
  }

  /** The place of a date, or of the first session after it where it is no trading day. */
  at(date: TradingDate): number {
    const ordinal = this.ordinals.get(date);
    if (ordinal !== undefined) return ordinal;
    return this.countWhile((session) => session.date < date);
  }

  /** The place of the newest session that had closed at an instant: its evening lasts until the next close. */
  atInstant(instant: Instant): number {
    return Math.max(0, this.countWhile((session) => session.closesAt <= instant) - 1);
  }

  /** The place of the newest session that had opened at an instant. */
  openedAt(instant: Instant): number {
    return Math.max(0, this.countWhile((session) => session.opensAt <= instant) - 1);
  }

  dateAt(ordinal: number): TradingDate {
    const session = this.sessions[Math.max(0, Math.min(ordinal, this.sessions.length - 1))];
    if (session === undefined) throw new RangeError('a line without sessions has no dates');
    return session.date;
  }

  private countWhile(test: (session: TradingSession) => boolean): number {
    let low = 0;
    let high = this.sessions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const session = this.sessions[middle];
      if (session !== undefined && test(session)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Covers the window of a movement and a holiday week at both ends. */
const MARGIN_DAYS = 15;

function later(one: TradingDate, other: TradingDate): TradingDate {
  if (one > other) return one;
  return other;
}

function earlier(one: TradingDate, other: TradingDate): TradingDate {
  if (one < other) return one;
  return other;
}
