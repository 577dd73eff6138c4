import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollingRateLimit } from '@/lib/local/sandbox/rate-limit';

describe('the rolling rate limit', () => {
  it('tells how many requests remain and how many seconds until one comes free', () => {
    const limit = new RollingRateLimit();
    expect(limit.take(0, 2)).toEqual({ allowed: true, limit: 2, remaining: 1, resetSeconds: 60 });
    expect(limit.take(20_000, 2)).toEqual({ allowed: true, limit: 2, remaining: 0, resetSeconds: 40 });
    expect(limit.take(53_200, 2)).toEqual({ allowed: false, limit: 2, remaining: 0, resetSeconds: 7 });
  });

  it('lets a request through as soon as the oldest has left the window', () => {
    const limit = new RollingRateLimit();
    limit.take(0, 1);
    expect(limit.take(59_999, 1).allowed).toBe(false);
    expect(limit.take(60_000, 1).allowed).toBe(true);
  });

  it('never lets more than the limit through in any 60 seconds, nor refuses without need', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.integer({ min: 0, max: 15_000 }), { maxLength: 60 }),
        (limitPerMinute, pausesMs) => {
          const limit = new RollingRateLimit();
          const allowedMs: number[] = [];
          let nowMs = 0;
          for (const pauseMs of pausesMs) {
            nowMs += pauseMs;
            const inWindow = allowedMs.filter((ms) => ms > nowMs - 60_000).length;
            const { allowed } = limit.take(nowMs, limitPerMinute);
            expect(allowed).toBe(inWindow < limitPerMinute);
            if (allowed) allowedMs.push(nowMs);
          }
        },
      ),
    );
  });
});
