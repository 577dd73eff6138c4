import { daylightTimeOf, exchangeInstant } from './exchange-time';
import { latestClosedSession, previousSession } from './market-calendar';
import { type Instant, type TradingDate, toInstant } from './trading-date';

/** What a capture has to achieve: which share of accounts, by which time of the trading day's evening. */
export interface CapturePromise {
  /** The share of account days of working connections, above 0 and at most 1. */
  readonly target: number;
  /** The time in New York on the trading day itself, `HH:MM`. */
  readonly deadline: string;
}

/** The instant at which a trading day has to be covered. */
export function deadlineOf(date: TradingDate, time: string): Instant {
  return exchangeInstant(date, time, daylightTimeOf(Number(date.slice(0, 4))));
}

/** The newest trading day whose deadline has passed at an instant; it has closed too. */
export function latestSessionPastDeadline(now: Date | string, time: string): TradingDate {
  const instant = toInstant(now);
  const { date } = latestClosedSession(instant, 0);
  return deadlineOf(date, time) <= instant ? date : previousSession(date).date;
}
