import { describe, expect, it } from 'vitest';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { CaptureHealth } from '@/lib/operations/document';
import { findFaults } from '@/lib/operations/health';

const day = toDate('2026-11-20');
const at = toInstant('2026-11-20T21:35:00Z');
const good: CaptureHealth = {
  expected: 1000,
  present: 1000,
  brokenConnections: 3,
  lastRun: { status: 'complete', startedAt: at, finishedAt: at, tradingDay: day },
};

describe('health', () => {
  it('is good when the day is covered and a run has seen it; broken connections are their users’ to mend', () => {
    expect(findFaults(good, day, 0.995)).toEqual([]);
  });

  it('is good while nobody is linked', () => {
    expect(findFaults({ ...good, expected: 0, present: 0, lastRun: null }, day, 0.995)).toEqual([]);
  });

  it('notices a tick that never came', () => {
    expect(findFaults({ ...good, lastRun: null }, day, 0.995)).toEqual(['no_run']);
    const earlier = { status: 'complete', startedAt: at, finishedAt: at, tradingDay: toDate('2026-11-19') };
    expect(findFaults({ ...good, lastRun: earlier }, day, 0.995)).toEqual(['no_run']);
  });

  it('notices a failed run and coverage below the target', () => {
    const failed = { status: 'failed', startedAt: at, finishedAt: at, tradingDay: day };
    expect(findFaults({ ...good, lastRun: failed, present: 994 }, day, 0.995)).toEqual([
      'last_run_failed',
      'coverage_below_target',
    ]);
    expect(findFaults({ ...good, present: 995 }, day, 0.995)).toEqual([]);
  });
});
