import { describe, expect, it } from 'vitest';
import { deadlineOf, latestSessionPastDeadline } from '@/lib/domain/schedule';
import { toDate } from '@/lib/domain/trading-date';

describe('the deadline of a capture', () => {
  it('is a time in New York, whatever the season', () => {
    expect(deadlineOf(toDate('2026-11-20'), '20:00')).toBe('2026-11-21T01:00:00.000Z');
    expect(deadlineOf(toDate('2026-07-20'), '20:00')).toBe('2026-07-21T00:00:00.000Z');
  });

  it.each([
    { now: '2026-11-21T00:59:59Z', day: '2026-11-19', when: 'a second before it' },
    { now: '2026-11-21T01:00:00Z', day: '2026-11-20', when: 'at it' },
    { now: '2026-11-23T15:00:00Z', day: '2026-11-20', when: 'while the next session is open' },
    { now: '2026-11-23T22:00:00Z', day: '2026-11-20', when: 'between the next close and its deadline' },
    {
      now: '2026-11-27T20:00:00Z',
      day: '2026-11-25',
      when: 'after an early close, whose deadline is the same',
    },
  ])('judges $day $when', ({ now, day }) => {
    expect(latestSessionPastDeadline(now, '20:00')).toBe(day);
  });
});
