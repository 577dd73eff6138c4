import { exchangeInstant, latestClosedSession, previousSession, type TradingSession } from './nyse-calendar';
import { addDays, type Instant, type TradingDate, toInstant } from './trading-date';

/** How many days back every tick looks for gaps; older ones wait for spare budget or for somebody who looks. */
const RECENT_DAYS = 30;

/** Days of one account that its provider's history is asked for, oldest first, never empty. */
export interface HistoryRequest {
  readonly from: TradingDate;
  readonly to: TradingDate;
  readonly wanted: ReadonlySet<TradingDate>;
}

/**
 * One history request for the days of one account that capture can no longer bring, or null when there are none.
 * `missing` are the account's missing days; `latestDue` is left to capture while its window is open (`captureOpen`), and
 * days before `reach` lie beyond the provider's look-back.
 */
export function planHistoryRequest(
  missing: readonly TradingDate[],
  latestDue: TradingDate,
  captureOpen: boolean,
  reach: TradingDate,
): HistoryRequest | null {
  const wanted = missing
    .filter((date) => date >= reach && (captureOpen ? date < latestDue : date <= latestDue))
    .toSorted();
  const [from] = wanted;
  const to = wanted.at(-1);
  return from === undefined || to === undefined ? null : { from, to, wanted: new Set(wanted) };
}

/** What a pass asks: current values, which capture a day at one request a connection, or what can follow later. */
export type FillPhase = 'totals' | 'rest' | 'all';

/** One pass over all connections that are due: how far back gaps decide whose turn it is, and what is asked. */
export interface FillPass {
  readonly from: TradingDate;
  readonly phase: FillPhase;
}

/**
 * The order of a run: everybody's current values first, then movements and recent gaps, then all that the provider can still
 * reach. With a look-back of `lookBackDays`, gaps are looked for no further back than that.
 */
export function fillPasses(
  latestDue: TradingDate,
  reach: TradingDate,
  lookBackDays: number | null = null,
): readonly FillPass[] {
  const [nearest, ...further] =
    lookBackDays === null ? [addDays(latestDue, -RECENT_DAYS), reach] : [addDays(latestDue, -lookBackDays)];
  return [
    { from: nearest, phase: 'totals' },
    { from: nearest, phase: 'rest' },
    ...further.map((from) => ({ from, phase: 'rest' }) as const),
  ];
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Brokers that are read once a day are read at about the same time every day; this much later it has happened. */
const DAILY_SYNC_MS = 24 * HOUR_MS + 10 * MINUTE_MS;

/** The longest pause between two ticks before the open: what is planned for the last such pause may find no tick. */
const TICK_PAUSE_MS_MAX = 15 * MINUTE_MS;

/**
 * When the provider will have read the broker anew, if it does so daily and in time for a capture: a day after the last
 * reading (`asOf`), when that lies ahead and a tick is sure to come between it and the next open. Null when nothing can be
 * expected.
 */
export function expectedSync(now: Date, nextOpen: Instant, asOf: Instant | null): Instant | null {
  if (asOf === null) return null;
  const expected = toInstant(new Date(Date.parse(asOf) + DAILY_SYNC_MS));
  const latest = toInstant(new Date(Date.parse(nextOpen) - TICK_PAUSE_MS_MAX));
  return expected > toInstant(now) && expected <= latest ? expected : null;
}

/** How often current values may be read in a day while nobody waits for them: SnapTrade's launch checklist allows four. */
export const READS_A_DAY_MAX = 4;

/** The readings of a connection's current values, the present one among them, that nobody waited for today. */
export interface ReadsToday {
  readonly count: number;
  /** When the first of them was made: the next day begins 24 hours later, or with the next close. */
  readonly since: Instant;
}

/**
 * When a day that was not captured is asked for again: at the expected sync if the broker was not read since the close;
 * otherwise after as long as the market has been closed, between half an hour and four hours, since every request counts.
 * The last reading that a day allows is kept for the end of the night, when every broker has been read that will be, and no
 * plan skips the end of the night.
 */
export function nextCaptureAttempt(
  now: Date,
  session: TradingSession,
  nextOpen: Instant,
  asOf: Instant | null,
  reads: ReadsToday | null = null,
): Instant {
  return keepLastRead(now, nextOpen, reads, asOf, planAttempt(now, session, nextOpen, asOf));
}

/**
 * When current values that could not be had are asked for again: at first after about a minute, since most failures are
 * gone by then; after that an hour later, and in the end at the end of the night.
 */
export function nextReadAfterFailure(
  now: Date,
  nextOpen: Instant,
  attempts: number,
  random: number,
  reads: ReadsToday | null,
): Instant {
  const waitMs =
    reads === null || reads.count === 1 ? backoffMs(attempts, random) : backoffMs(Infinity, random);
  return keepLastRead(now, nextOpen, reads, null, toInstant(new Date(now.getTime() + waitMs)));
}

/**
 * What is planned after a reading: put off where no more than the last reading of the day is left, or none, and brought
 * forward where it would skip the end of the night.
 */
function keepLastRead(
  now: Date,
  nextOpen: Instant,
  reads: ReadsToday | null,
  asOf: Instant | null,
  planned: Instant,
): Instant {
  const beforeOpen = toInstant(new Date(Date.parse(nextOpen) - HOUR_MS));
  const sync = expectedSync(now, nextOpen, asOf);
  const atNight = sync !== null && sync > beforeOpen ? sync : beforeOpen;
  if (reads === null || reads.count < READS_A_DAY_MAX - 1)
    return atNight > toInstant(now) && atNight < planned ? atNight : planned;
  const nextDay = toInstant(new Date(Date.parse(reads.since) + 24 * HOUR_MS));
  if (reads.count >= READS_A_DAY_MAX) {
    return nextOpen > toInstant(now) && nextOpen < nextDay ? nextOpen : nextDay;
  }
  const kept = atNight < nextDay || nextDay <= toInstant(now) ? atNight : nextDay;
  return kept > toInstant(now) ? kept : planned;
}

function planAttempt(now: Date, session: TradingSession, nextOpen: Instant, asOf: Instant | null): Instant {
  const sinceCloseMs = now.getTime() - Date.parse(session.closesAt);
  const waitMs = Math.min(4 * HOUR_MS, Math.max(HOUR_MS / 2, sinceCloseMs));
  // A fresh reading that was held or without a total is no matter of waiting for the next one.
  const sync = asOf !== null && asOf < session.closesAt ? expectedSync(now, nextOpen, asOf) : null;
  return sync ?? toInstant(new Date(now.getTime() + waitMs));
}

/** A captured day is rechecked from 07:00 to 09:25 in New York; the exchange opens at 09:30. */
const PRE_OPEN_RECHECK_MS = { begins: 150 * MINUTE_MS, ends: 5 * MINUTE_MS };

/** Since when the hours of the pre-open recheck last, before the open at `nextOpen`; null outside of them. */
export function preOpenRecheckSince(now: Date, nextOpen: Instant): Instant | null {
  const untilOpenMs = Date.parse(nextOpen) - now.getTime();
  if (untilOpenMs > PRE_OPEN_RECHECK_MS.begins || untilOpenMs < PRE_OPEN_RECHECK_MS.ends) return null;
  return toInstant(new Date(Date.parse(nextOpen) - PRE_OPEN_RECHECK_MS.begins));
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

/** The pauses after a question about one account that found nobody to answer it. */
const UNANSWERED_MS = [MINUTE_MS, HOUR_MS, 4 * HOUR_MS, 24 * HOUR_MS] as const;

/** Movements are read once a day, also where that failed. */
export const MOVEMENTS_MS_MIN = 20 * HOUR_MS;

/** The pauses while a provider collects the movements of an account that was just linked. */
const NOT_COLLECTED_MS = [5 * MINUTE_MS, HOUR_MS, 4 * HOUR_MS] as const;

/** The pause after a provider said once more, after `times` before, that it is still collecting an account's movements. */
export function notCollectedMs(times: number): number {
  return NOT_COLLECTED_MS[times] ?? 24 * HOUR_MS;
}

const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * The pause after a question about one account was refused `attempts` times in a row for the same reason. Nobody at home is
 * a matter of minutes or hours; an answer that makes no sense or an account that is gone is the same tomorrow, so it is
 * asked for after a day, then two, and in the end once a week.
 */
export function questionPauseMs(
  question: 'movements' | 'history' | 'import',
  reason: string,
  attempts: number,
  random: number,
): number {
  const pauseMs =
    reason === 'unavailable'
      ? (UNANSWERED_MS[Math.min(attempts, UNANSWERED_MS.length) - 1] ?? HOUR_MS) * (0.5 + random / 2)
      : Math.min(WEEK_MS, 24 * HOUR_MS * 2 ** (attempts - 1));
  return Math.round(question === 'movements' ? Math.max(MOVEMENTS_MS_MIN, pauseMs) : pauseMs);
}

/** What a capture has to achieve: which share of accounts, by which time of the trading day's evening. */
export interface CapturePromise {
  /** The share of account days of working connections, above 0 and at most 1. */
  readonly target: number;
  /** The time in New York on the trading day itself, `HH:MM`. */
  readonly deadline: string;
}

/** The instant at which a trading day has to be covered. */
export function deadlineOf(date: TradingDate, time: string): Instant {
  return exchangeInstant(date, time);
}

/** The newest trading day whose deadline has passed at an instant; it has closed too. */
export function latestSessionPastDeadline(now: Date | string, time: string): TradingDate {
  const instant = toInstant(now);
  const { date } = latestClosedSession(instant, 0);
  return deadlineOf(date, time) <= instant ? date : previousSession(date).date;
}

/** How far the capture is. */
export interface CaptureProgress {
  /** When the run that works now started; null when none does. */
  readonly startedAt: Instant | null;
  /** Connections that were read since then. */
  readonly answered: number;
  /** Connections whose turn has come and that were not read yet. */
  readonly waiting: number;
}

/**
 * When the running capture will have asked everybody if it goes on as fast as so far; null while nothing runs or nothing
 * has been answered yet.
 */
export function expectedEnd({ startedAt, answered, waiting }: CaptureProgress, now: Date): Instant | null {
  if (startedAt === null || answered === 0) return null;
  const elapsedMs = Math.max(0, now.getTime() - Date.parse(startedAt));
  return toInstant(new Date(now.getTime() + (elapsedMs / answered) * waiting));
}
