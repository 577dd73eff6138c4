import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { latestClosedSession, tradingSessions } from '@/lib/domain/nyse-calendar';

const MS_PER_MINUTE = 60_000;
const sessions = tradingSessions('2000-01-01', '2035-12-31');
const neighbours = sessions.slice(1).map((session, index) => [sessions[index] ?? session, session] as const);

describe('the latest closed session', () => {
  it.each([
    ['2026-11-20T20:59:59.999Z', 0, '2026-11-19'],
    ['2026-11-20T21:00:00.000Z', 0, '2026-11-20'],
    ['2026-11-20T21:29:59.999Z', 30, '2026-11-19'],
    ['2026-11-20T21:30:00.000Z', 30, '2026-11-20'],
    ['2026-11-22T12:00:00.000Z', 30, '2026-11-20'],
    // The evening in New York is already the next date in UTC.
    ['2026-11-24T02:00:00.000Z', 30, '2026-11-23'],
    ['2026-11-27T18:30:00.000Z', 30, '2026-11-27'],
    ['2026-07-03T23:00:00.000Z', 30, '2026-07-02'],
  ])('at %s with %i minutes to settle is %s', (now, settleMinutes, date) => {
    expect(latestClosedSession(now, settleMinutes).date).toBe(date);
    expect(latestClosedSession(new Date(now), settleMinutes).date).toBe(date);
  });

  it('reads an instant with any offset', () => {
    expect(latestClosedSession('2026-11-20T16:30:00-05:00', 30).date).toBe('2026-11-20');
  });

  it('changes at the settled close of each session, to the millisecond', () => {
    const settleMinutes = fc.integer({ min: 0, max: 720 });
    fc.assert(
      fc.property(fc.constantFrom(...neighbours), settleMinutes, ([before, session], settle) => {
        const settledMs = Date.parse(session.closesAt) + settle * MS_PER_MINUTE;
        fc.pre(settledMs < Date.parse('2036-01-01T05:00:00Z'));
        expect(latestClosedSession(new Date(settledMs - 1), settle)).toBe(before);
        expect(latestClosedSession(new Date(settledMs), settle)).toBe(session);
      }),
    );
  });

  it('never goes back as time goes on', () => {
    const instant = fc.date({
      min: new Date('2000-01-04T12:00:00Z'),
      max: new Date('2035-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(instant, instant, fc.integer({ min: 0, max: 720 }), (one, other, settle) => {
        const [earlier, later] = one <= other ? [one, other] : [other, one];
        expect(latestClosedSession(earlier, settle).date <= latestClosedSession(later, settle).date).toBe(
          true,
        );
      }),
    );
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses %d minutes to settle', (settleMinutes) => {
    expect(() => latestClosedSession('2026-11-20T22:00:00Z', settleMinutes)).toThrow(RangeError);
  });

  it.each(['2026-11-20', '2026-11-20T22:00:00', 'now'])('refuses %s, which is no instant', (now) => {
    expect(() => latestClosedSession(now, 0)).toThrow(RangeError);
  });

  it('refuses an instant that the calendar does not reach, rather than name an old session', () => {
    expect(() => latestClosedSession('2000-01-03T20:59:59.999Z', 0)).toThrow(RangeError);
    expect(latestClosedSession('2000-01-03T21:00:00Z', 0).date).toBe('2000-01-03');
    expect(latestClosedSession('2036-01-01T04:59:59.999Z', 0).date).toBe('2035-12-31');
    expect(() => latestClosedSession('2036-01-01T05:00:00Z', 0)).toThrow(RangeError);
  });
});
