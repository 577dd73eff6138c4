import { exchangeInstant, exchangeTime, type TradingSession, tradingSessions } from './nyse-calendar';
import type { TradingDate } from './trading-date';

/** When a session opens and closes by the clock in New York, `HH:MM`. */
export interface Hours {
  readonly opens: string;
  readonly closes: string;
}

/** A session as somebody else's calendar has it. */
export interface ForeignSession extends Hours {
  readonly date: TradingDate;
}

/** A day on which two calendars disagree; null is no session. */
export interface CalendarDifference {
  readonly date: TradingDate;
  readonly ours: Hours | null;
  readonly theirs: Hours | null;
}

/** The days between two, both included, on which our calendar and another one disagree about a session or its hours, oldest first. */
export function compareCalendars(
  theirs: readonly ForeignSession[],
  from: TradingDate,
  to: TradingDate,
): readonly CalendarDifference[] {
  const ourSessions = new Map(tradingSessions(from, to).map((session) => [session.date, session]));
  const theirSessions = new Map(
    theirs.filter(({ date }) => date >= from && date <= to).map((session) => [session.date, session]),
  );
  return [...new Set([...ourSessions.keys(), ...theirSessions.keys()])].sort().flatMap((date) => {
    const our = ourSessions.get(date);
    const their = theirSessions.get(date);
    if (our !== undefined && their !== undefined && isSame(our, their)) return [];
    return [
      {
        date,
        ours:
          our === undefined ? null : { opens: exchangeTime(our.opensAt), closes: exchangeTime(our.closesAt) },
        theirs: their === undefined ? null : { opens: their.opens, closes: their.closes },
      },
    ];
  });
}

function isSame({ date, opensAt, closesAt }: TradingSession, { opens, closes }: ForeignSession): boolean {
  return exchangeInstant(date, opens) === opensAt && exchangeInstant(date, closes) === closesAt;
}
