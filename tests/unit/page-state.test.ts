import { describe, expect, it } from 'vitest';
import { findFirstFills, isBeingFilled, refreshIntervalMs } from '@/components/portfolio/freshness';
import { findLaggingConnections } from '@/lib/domain/incidents';
import { GAP_REASONS } from '@/lib/domain/states';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { ConnectionStatus } from '@/lib/history/document';
import { makeGap, makeHistory, makePoint } from '../support/chart-history';

function connection(changes: Partial<ConnectionStatus> = {}): ConnectionStatus {
  return {
    id: 'a',
    institution: 'Granite',
    status: 'active',
    lastSuccessAt: toInstant('2026-11-20T21:40:00Z'),
    ...changes,
  };
}

const closed = { isOpen: false, changesAt: toInstant('2026-11-23T14:30:00Z') };
const open = { isOpen: true, changesAt: toInstant('2026-11-20T21:00:00Z') };
const MINUTE_MS = 60_000;

describe('how often an open page asks again', () => {
  const ask = (changes: Parameters<typeof makeHistory>[0]) =>
    refreshIntervalMs(makeHistory({ connections: [connection()], market: closed, ...changes }));

  it('is every minute while the market is open, and every five while nothing moves', () => {
    expect(ask({ market: open })).toBe(MINUTE_MS);
    expect(ask({})).toBe(5 * MINUTE_MS);
  });

  it('is every minute while days may arrive, and not for a gap that is final', () => {
    expect(ask({ gaps: [makeGap('2026-11-19', '2026-11-20', 'unavailable')] })).toBe(MINUTE_MS);
    const final = makeGap('2026-05-04', '2026-05-08', 'provider_cannot', { final: true });
    expect(ask({ gaps: [final] })).toBe(5 * MINUTE_MS);
  });

  it('is more often while a first fill is watched', () => {
    expect(ask({ connections: [connection({ lastSuccessAt: null })] })).toBeLessThan(MINUTE_MS);
  });
});

describe('what is on its way', () => {
  it('is a working connection that never answered, not a broken one', () => {
    const waiting = connection({ lastSuccessAt: null });
    const broken = connection({ lastSuccessAt: null, status: 'disabled' });
    expect(findFirstFills({ connections: [connection(), waiting, broken] })).toEqual([waiting]);
  });

  it('is no gap that only its owner, or nobody, can close', () => {
    const filled = GAP_REASONS.filter((reason) => isBeingFilled({ reason, final: false }));
    expect(filled).not.toContain('connection_broken');
    expect(filled).not.toContain('held');
    expect(filled).not.toContain('gave_up');
    expect(filled).toContain('unavailable');
    expect(GAP_REASONS.filter((reason) => isBeingFilled({ reason, final: true }))).toEqual([]);
  });
});

describe('a connection that does not answer', () => {
  const silent = connection({ lastSuccessAt: toInstant('2026-11-19T21:40:00Z') });
  const gap = makeGap('2026-11-20', '2026-11-20', 'unavailable', {
    nextAttemptAt: toInstant('2026-11-20T22:31:00Z'),
  });
  const find = (changes: Parameters<typeof makeHistory>[0]) =>
    findLaggingConnections(makeHistory({ to: toDate('2026-11-20'), ...changes }));

  it('is named with its last answer and the next attempt', () => {
    expect(find({ connections: [connection(), silent], gaps: [gap] })).toEqual([
      { institution: 'Granite', lastSuccessAt: silent.lastSuccessAt, nextAttemptAt: gap.nextAttemptAt },
    ]);
  });

  it('is named as well while its account is carried', () => {
    const carried = [{ accountId: 'x', name: 'Individual', from: toDate('2026-11-19') }];
    const point = makePoint('2026-11-20', '100', 'estimated', { carried });
    expect(find({ connections: [connection(), silent], points: [point] })).toHaveLength(1);
  });

  it.each([
    { close: 'a regular close in winter', day: '2026-11-20', before: '20:59:59', after: '21:00:01' },
    { close: 'a regular close in summer', day: '2026-07-10', before: '19:59:59', after: '20:00:01' },
    { close: 'an early close', day: '2026-11-27', before: '17:59:59', after: '18:00:01' },
  ])('is one that answered before $close, and none that answered after it', ({ day, before, after }) => {
    const answeredAt = (time: string) =>
      find({
        to: toDate(day),
        gaps: [makeGap(day, day, 'unavailable')],
        connections: [connection({ lastSuccessAt: toInstant(`${day}T${time}Z`) })],
      });
    expect(answeredAt(before)).toHaveLength(1);
    expect(answeredAt(after)).toEqual([]);
  });

  it('is judged by the last close of a range that ends on a weekend', () => {
    const weekend = (lastSuccessAt: string) =>
      find({
        to: toDate('2026-11-22'),
        gaps: [makeGap('2026-11-20', '2026-11-22', 'unavailable')],
        connections: [connection({ lastSuccessAt: toInstant(lastSuccessAt) })],
      });
    expect(weekend('2026-11-20T20:59:00Z')).toHaveLength(1);
    expect(weekend('2026-11-20T21:01:00Z')).toEqual([]);
  });

  it('is none while the day is there, is not due yet, or the connection is broken or new', () => {
    expect(find({ connections: [silent], points: [makePoint('2026-11-20', '100')] })).toEqual([]);
    expect(find({ connections: [silent], gaps: [{ ...gap, reason: 'not_yet_due' }] })).toEqual([]);
    expect(find({ connections: [{ ...silent, status: 'disabled' }], gaps: [gap] })).toEqual([]);
    expect(find({ connections: [{ ...silent, lastSuccessAt: null }], gaps: [gap] })).toEqual([]);
  });
});
