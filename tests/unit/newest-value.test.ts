import { describe, expect, test } from 'vitest';
import { buildChartSeries, findLive, findNewestPoint } from '@/components/chart/series';
import { toInstant } from '@/lib/domain/trading-date';
import { LIVE, makeHistory, makePoint } from '../support/chart-history';

const thursday = makePoint('2026-11-19', '100');
const friday = makePoint('2026-11-20', '104.5');
const repeatOf = (asOf: string) => ({ ...LIVE, asOf: toInstant(asOf) });

describe('the newest point', () => {
  test('is the one of the latest day, in whatever order the points came', () => {
    expect(findNewestPoint([friday, thursday])).toBe(friday);
    expect(findNewestPoint([thursday, friday])).toBe(friday);
  });

  test('is nothing where there are no points', () => {
    expect(findNewestPoint([])).toBeNull();
  });
});

describe('the live value', () => {
  test('is shown when it is newer than the newest day', () => {
    expect(findLive({ points: [thursday, friday], live: LIVE })).toBe(LIVE);
  });

  test('is not shown when it repeats the close that the newest day already has', () => {
    const repeated = repeatOf('2026-11-20T21:32:00.000Z');
    expect(findLive({ points: [friday, thursday], live: repeated })).toBeNull();
    expect(
      buildChartSeries(makeHistory({ points: [friday], live: repeated }), 'value').dataPoints,
    ).toHaveLength(1);
  });

  test('is not shown when it is older than the newest day', () => {
    expect(findLive({ points: [friday], live: repeatOf('2026-11-20T18:00:00.000Z') })).toBeNull();
  });

  test('is shown when no day of the range has a value', () => {
    expect(findLive({ points: [], live: LIVE })).toBe(LIVE);
  });

  test('is compared as an instant, however it is written', () => {
    const point = makePoint('2026-11-20', '100', 'daily_eod', {
      asOf: toInstant('2026-11-20T16:32:00-05:00'),
    });
    expect(findLive({ points: [point], live: repeatOf('2026-11-20T21:33:00Z') })).not.toBeNull();
  });
});
