import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { fillPasses, planHistoryRequest } from '@/lib/domain/schedule';
import { toDate } from '@/lib/domain/trading-date';

const days = tradingSessions('2025-11-20', '2026-11-20').map((session) => session.date);
const latest = toDate('2026-11-20');
const reach = toDate('2025-11-20');

describe('planning a history request', () => {
  it('asks for nothing when nothing is missing', () => {
    expect(planHistoryRequest([], latest, true, reach)).toBeNull();
  });

  it('leaves the latest day to capture while it can still be captured, and not after that', () => {
    expect(planHistoryRequest([latest], latest, true, reach)).toBeNull();
    expect(planHistoryRequest([latest], latest, false, reach)?.wanted).toEqual(new Set([latest]));
  });

  it('asks for nothing beyond the look-back', () => {
    expect(planHistoryRequest([toDate('2025-11-19')], latest, true, reach)).toBeNull();
  });

  it('wants each missing day within reach once, in one range that begins and ends with one', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(days, { minLength: 1 }), fc.boolean(), (missing, captureOpen) => {
        const request = planHistoryRequest(missing, latest, captureOpen, reach);
        const expected = missing.filter((date) => !captureOpen || date !== latest).toSorted();
        if (expected.length === 0) return expect(request).toBeNull();
        expect([...(request?.wanted ?? [])]).toEqual(expected);
        expect([request?.from, request?.to]).toEqual([expected[0], expected.at(-1)]);
      }),
    );
  });
});

it('asks for values first, then for the last thirty days, then for all that the provider can reach', () => {
  expect(fillPasses(latest, reach)).toEqual([
    { from: '2026-10-21', phase: 'totals' },
    { from: '2026-10-21', phase: 'rest' },
    { from: '2025-11-20', phase: 'rest' },
  ]);
});
