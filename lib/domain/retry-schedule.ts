import type { TradingSession } from './market-calendar';
import { type Instant, toInstant } from './trading-date';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/**
 * When a value that was not fresh after a close is asked for again: every quarter of an hour for two hours, then hourly
 * for six, then every three hours until the next open, as brokers that sync once a day do so at any hour of the night.
 */
export function nextCaptureAttempt(now: Date, session: TradingSession): Instant {
  const sinceCloseMs = now.getTime() - Date.parse(session.closesAt);
  const waitMs =
    sinceCloseMs < 2 * HOUR_MS ? 15 * MINUTE_MS : sinceCloseMs < 8 * HOUR_MS ? HOUR_MS : 3 * HOUR_MS;
  return toInstant(new Date(now.getTime() + waitMs));
}

/** The longest pause between two attempts at a failing connection. */
export const BACKOFF_MS_MAX = HOUR_MS;

/**
 * The pause after `attempts` failures in a row: one minute, doubling up to an hour, and a random part of up to half of it
 * (`random` in [0, 1)) so that connections which failed together do not come back together.
 */
export function backoffMs(attempts: number, random: number): number {
  const base = Math.min(BACKOFF_MS_MAX, MINUTE_MS * 2 ** Math.max(0, attempts - 1));
  return Math.round(base * (0.5 + random / 2));
}
