import { describe, expect, it } from 'vitest';
import { nextSession, sessionOn, type TradingSession } from '@/lib/domain/nyse-calendar';
import {
  BACKOFF_MS_MAX,
  backoffMs,
  expectedSync,
  nextCaptureAttempt,
  preOpenRecheckSince,
} from '@/lib/domain/schedule';
import { toInstant } from '@/lib/domain/trading-date';

const friday = sessionOn('2026-11-20') as TradingSession;
const mondayOpen = nextSession('2026-11-20').opensAt;

describe('asking again after a close', () => {
  it('waits for the sync that a daily broker will make a day after its last one', () => {
    const asOf = toInstant('2026-11-19T22:15:00Z');
    const at = nextCaptureAttempt(new Date('2026-11-20T21:30:00Z'), friday, mondayOpen, asOf);
    expect(at).toBe('2026-11-20T22:25:00.000Z');
  });

  it('expects nothing from a broker that is read while the market is open', () => {
    const tuesdayNoon = toInstant('2026-11-17T17:00:00Z');
    expect(
      expectedSync(new Date('2026-11-17T21:30:00Z'), nextSession('2026-11-17').opensAt, tuesdayNoon),
    ).toBeNull();
  });

  it('expects nothing from a sync that is overdue', () => {
    const asOf = toInstant('2026-11-18T22:15:00Z');
    expect(expectedSync(new Date('2026-11-20T21:30:00Z'), mondayOpen, asOf)).toBeNull();
  });

  it('does not wait for a sync when the broker was read since the close and its answer was held', () => {
    const asOf = toInstant('2026-11-20T22:30:00Z');
    expect(nextCaptureAttempt(new Date('2026-11-20T22:30:00Z'), friday, mondayOpen, asOf)).toBe(
      '2026-11-21T00:00:00.000Z',
    );
  });

  it.each([
    ['half an hour after the close', '2026-11-20T21:30:00Z', '2026-11-20T22:00:00.000Z'],
    ['two hours after the close', '2026-11-20T23:00:00Z', '2026-11-21T01:00:00.000Z'],
    ['deep in the night', '2026-11-21T08:00:00Z', '2026-11-21T12:00:00.000Z'],
  ])('asks ever more rarely when nothing can be expected: %s', (_when, now, next) => {
    expect(nextCaptureAttempt(new Date(now), friday, mondayOpen, null)).toBe(next);
  });
});

describe('backing off from a failing connection', () => {
  it('doubles from half a minute at the least and never exceeds an hour', () => {
    expect(backoffMs(1, 0)).toBe(30_000);
    expect(backoffMs(2, 0)).toBe(60_000);
    expect(backoffMs(100, 0.999)).toBeLessThanOrEqual(BACKOFF_MS_MAX);
  });

  it('spreads connections that failed together', () => {
    expect(backoffMs(3, 0.9)).toBeGreaterThan(backoffMs(3, 0.1));
  });
});

describe('the hours of the pre-open recheck', () => {
  it.each([
    ['a minute before seven', '2026-11-23T11:59:00Z', mondayOpen, null],
    ['at seven', '2026-11-23T12:00:00Z', mondayOpen, '2026-11-23T12:00:00.000Z'],
    ['at 09:25', '2026-11-23T14:25:00Z', mondayOpen, '2026-11-23T12:00:00.000Z'],
    ['a minute later', '2026-11-23T14:26:00Z', mondayOpen, null],
    ['on a Saturday', '2026-11-21T12:30:00Z', mondayOpen, null],
    [
      'at seven in daylight time',
      '2026-07-01T11:00:00Z',
      nextSession('2026-06-30').opensAt,
      '2026-07-01T11:00:00.000Z',
    ],
  ])('%s', (_when, now, nextOpen, since) => {
    expect(preOpenRecheckSince(new Date(now), nextOpen)).toBe(since);
  });
});
