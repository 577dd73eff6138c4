import type { TradingSession } from './market-calendar';
import { type Instant, toInstant } from './trading-date';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Brokers that are read once a day are read at about the same time every day; this much later it has happened. */
const DAILY_SYNC_MS = 24 * HOUR_MS + 10 * MINUTE_MS;

/**
 * When the provider will have read the broker anew, if it does so daily and in time for a capture: a day after the last
 * reading (`asOf`), when that lies ahead and before the next open. Null when nothing can be expected.
 */
export function expectedSync(now: Date, nextOpen: Instant, asOf: Instant | null): Instant | null {
  if (asOf === null) return null;
  const expected = toInstant(new Date(Date.parse(asOf) + DAILY_SYNC_MS));
  return expected > toInstant(now) && expected < nextOpen ? expected : null;
}

/**
 * When a day that was not captured is asked for again: at the expected sync if the broker was not read since the close;
 * otherwise after as long as the market has been closed, between half an hour and four hours, since every request counts.
 */
export function nextCaptureAttempt(
  now: Date,
  session: TradingSession,
  nextOpen: Instant,
  asOf: Instant | null,
): Instant {
  const sinceCloseMs = now.getTime() - Date.parse(session.closesAt);
  const waitMs = Math.min(4 * HOUR_MS, Math.max(HOUR_MS / 2, sinceCloseMs));
  // A fresh reading that was held or without a total is no matter of waiting for the next one.
  const sync = asOf !== null && asOf < session.closesAt ? expectedSync(now, nextOpen, asOf) : null;
  return sync ?? toInstant(new Date(now.getTime() + waitMs));
}

/** A captured day is looked at once more from 07:00 to 09:25 in New York; the exchange opens at 09:30. */
const SECOND_LOOK_MS = { begins: 150 * MINUTE_MS, ends: 5 * MINUTE_MS };

/** Since when the hours of the second look last, before the open at `nextOpen`; null outside of them. */
export function secondLookSince(now: Date, nextOpen: Instant): Instant | null {
  const untilOpenMs = Date.parse(nextOpen) - now.getTime();
  if (untilOpenMs > SECOND_LOOK_MS.begins || untilOpenMs < SECOND_LOOK_MS.ends) return null;
  return toInstant(new Date(Date.parse(nextOpen) - SECOND_LOOK_MS.begins));
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
