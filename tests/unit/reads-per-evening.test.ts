import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextSession, sessionOn } from '@/lib/domain/nyse-calendar';
import {
  nextCaptureAttempt,
  nextReadAfterFailure,
  questionPauseMs,
  READS_A_DAY_MAX,
  type ReadsToday,
} from '@/lib/domain/schedule';
import { type Instant, toInstant } from '@/lib/domain/trading-date';

const MINUTE_MS = 60_000;
const session = sessionOn('2026-11-19');
if (session === null) throw new Error('2026-11-19 is a trading day');
const nextOpen = nextSession(session.date).opensAt;
const dueAt = Date.parse(session.closesAt) + 30 * MINUTE_MS;

/** What a reading finds: a value of the close from `freshAt` on, an older one before, or, while it fails, nothing. */
interface Broker {
  readonly freshAt: number;
  readonly asOf: Instant;
  readonly failsUntil: number;
}

/** Plays an evening of ticks as the worker and the database do; returns when values were read, and whether they captured. */
function playEvening(ticks: readonly number[], broker: Broker, random: number) {
  const reads: number[] = [];
  let plannedAt = dueAt;
  let attempts = 0;
  for (const at of ticks) {
    if (at < plannedAt || reads.length >= READS_A_DAY_MAX) continue;
    reads.push(at);
    const today: ReadsToday = { count: reads.length, since: toInstant(new Date(reads[0] ?? at)) };
    const now = new Date(at);
    if (at < broker.failsUntil) {
      attempts += 1;
      plannedAt = Date.parse(nextReadAfterFailure(now, nextOpen, attempts, random, today));
    } else if (at >= broker.freshAt) {
      return { reads, isCaptured: true };
    } else {
      attempts = 0;
      plannedAt = Date.parse(nextCaptureAttempt(now, session ?? never(), nextOpen, broker.asOf, today));
    }
  }
  return { reads, isCaptured: false };
}

function never(): never {
  throw new Error('unreachable');
}

const openMs = Date.parse(nextOpen);
/** Ticks from the settled close to the open, each at most a quarter of an hour after the one before. */
const evenings = fc
  .array(fc.integer({ min: 1, max: 15 }), { minLength: 1100, maxLength: 1100 })
  .map((minutes) => {
    let at = dueAt;
    return minutes
      .map((wait) => {
        at += wait * MINUTE_MS;
        return at;
      })
      .filter((tick) => tick < openMs);
  });
const brokers = fc.record({
  freshAt: fc.integer({ min: dueAt, max: openMs - 60 * MINUTE_MS }),
  // Of any hour, and often of the minutes before an open, since a day later nothing is left to read in.
  asOf: fc
    .oneof(
      fc.integer({ min: Date.parse(session.opensAt) - 86_400_000, max: Date.parse(session.closesAt) - 1 }),
      fc.integer({ min: Date.parse(session.opensAt) - 40 * MINUTE_MS, max: Date.parse(session.opensAt) }),
    )
    .map((at) => toInstant(new Date(at))),
  failsUntil: fc.oneof(fc.constant(0), fc.integer({ min: dueAt, max: openMs - 60 * MINUTE_MS })),
});
const randoms = fc.double({ min: 0, max: 0.999, noNaN: true });

describe('the readings of an evening', () => {
  test('are four at most, whatever the broker does and however often the scheduler calls', () => {
    fc.assert(
      fc.property(evenings, brokers, randoms, (ticks, broker, random) => {
        expect(playEvening(ticks, broker, random).reads.length).toBeLessThanOrEqual(READS_A_DAY_MAX);
      }),
      { numRuns: 300 },
    );
  });

  test('capture every broker that has been read an hour before the open and answers by then', () => {
    fc.assert(
      fc.property(evenings, brokers, randoms, (ticks, broker, random) => {
        expect(playEvening(ticks, broker, random).isCaptured).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a question about one account', () => {
  test('that makes no sense is put once a day at most, and never less than once a week', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), randoms, (attempts, random) => {
        const pauseMs = questionPauseMs('history', 'bad_data', attempts, random);
        expect(pauseMs).toBeGreaterThanOrEqual(24 * 60 * MINUTE_MS);
        expect(pauseMs).toBeLessThanOrEqual(7 * 24 * 60 * MINUTE_MS);
      }),
    );
  });

  test('about movements is put once an evening at most, also where nobody answers', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), randoms, (attempts, random) => {
        expect(questionPauseMs('movements', 'unavailable', attempts, random)).toBeGreaterThan(openMs - dueAt);
      }),
    );
  });
});
