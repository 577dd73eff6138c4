import { describe, expect, it } from 'vitest';
import { marketStateAt } from '@/lib/domain/nyse-calendar';

describe('the state of the market', () => {
  it.each([
    // A Friday before the bell, at it, in session, and at the close, after which Monday is next.
    ['2026-11-20T14:29:59.999Z', false, '2026-11-20T14:30:00.000Z'],
    ['2026-11-20T14:30:00.000Z', true, '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T20:59:59.999Z', true, '2026-11-20T21:00:00.000Z'],
    ['2026-11-20T21:00:00.000Z', false, '2026-11-23T14:30:00.000Z'],
    // The day after Thanksgiving ends early; the holiday itself is skipped.
    ['2026-11-26T16:00:00.000Z', false, '2026-11-27T14:30:00.000Z'],
    ['2026-11-27T17:59:59.000Z', true, '2026-11-27T18:00:00.000Z'],
  ])('at %s: open is %s, until %s', (now, isOpen, changesAt) => {
    expect(marketStateAt(now)).toEqual({ isOpen, changesAt });
    expect(marketStateAt(new Date(now))).toEqual({ isOpen, changesAt });
  });

  it('is not known after the calendar ends', () => {
    expect(() => marketStateAt('2036-01-01T00:00:00Z')).toThrow(RangeError);
  });
});
