import { readFileSync } from 'node:fs';
import { Cron } from 'croner';
import { describe, expect, it } from 'vitest';
import {
  latestClosedSession,
  nextSession,
  type TradingSession,
  tradingSessions,
} from '@/lib/domain/nyse-calendar';
import { SETTLE_MINUTES } from '@/lib/fill/run';
import { readJobs } from '@/lib/local/scheduler';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Every instant of a year at which the schedule calls the capture route, in milliseconds, oldest first. */
const ticks = listTicks('2026-01-01T00:00:00Z', '2027-01-05T00:00:00Z');
const sessions = tradingSessions('2026-01-02', '2026-12-31');

function listTicks(from: string, to: string): readonly number[] {
  const jobs = readJobs(readFileSync('vercel.json', 'utf8')).filter(
    ({ path }) => path === '/api/cron/capture',
  );
  const instants = new Set<number>();
  for (const { schedule } of jobs) {
    const cron = new Cron(schedule, { timezone: 'UTC', paused: true });
    let next = cron.nextRun(new Date(from));
    while (next !== null && next < new Date(to)) {
      instants.add(next.getTime());
      next = cron.nextRun(next);
    }
  }
  return [...instants].toSorted((a, b) => a - b);
}

/** The ticks from an instant on and before another. */
function ticksBetween(fromMs: number, toMs: number): readonly number[] {
  return ticks.filter((tick) => tick >= fromMs && tick < toMs);
}

/** The longest time between two calls from when a session is due until the next one opens. */
function longestPauseMs({ date, closesAt }: TradingSession): number {
  const dueMs = Date.parse(closesAt) + SETTLE_MINUTES * MINUTE_MS;
  const openMs = Date.parse(nextSession(date).opensAt);
  const instants = [dueMs, ...ticksBetween(dueMs, openMs), openMs];
  return Math.max(...instants.slice(1).map((instant, index) => instant - (instants[index] ?? instant)));
}

/** True when the market opens again on the very next day. */
function isFollowedByASession({ date, closesAt }: TradingSession): boolean {
  return Date.parse(nextSession(date).opensAt) - Date.parse(closesAt) < 24 * HOUR_MS;
}

describe('the schedule of vercel.json, over a whole year', () => {
  it('calls within ten minutes after half past four in New York, in summer and in winter', () => {
    const regular = sessions.filter(({ earlyClose }) => !earlyClose);
    expect(new Set(regular.map(({ closesAt }) => closesAt.slice(11, 13)))).toEqual(new Set(['20', '21']));
    for (const { closesAt } of regular) {
      const dueMs = Date.parse(closesAt) + SETTLE_MINUTES * MINUTE_MS;
      expect(ticksBetween(dueMs, dueMs + 10 * MINUTE_MS), closesAt).not.toHaveLength(0);
    }
  });

  it('has its first call after every close find that day due, and not the one before', () => {
    for (const { date, closesAt } of sessions) {
      const dueMs = Date.parse(closesAt) + SETTLE_MINUTES * MINUTE_MS;
      const first = ticks.find((tick) => tick >= dueMs);
      expect(latestClosedSession(new Date(first ?? 0), SETTLE_MINUTES).date).toBe(date);
    }
  });

  it('goes on through the night until the next open, at least every three hours', () => {
    for (const session of sessions.filter(isFollowedByASession)) {
      expect(longestPauseMs(session), session.date).toBeLessThanOrEqual(3 * HOUR_MS);
    }
  });

  it('looks at least every six hours over weekends and holidays too', () => {
    for (const session of sessions)
      expect(longestPauseMs(session), session.date).toBeLessThanOrEqual(6 * HOUR_MS);
  });

  it('never calls twice within the five minutes that a tick may take', () => {
    const pauses = ticks.slice(1).map((tick, index) => tick - (ticks[index] ?? 0));
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(5 * MINUTE_MS);
  });
});
