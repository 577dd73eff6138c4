import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildChartLayout } from '@/components/chart/layout';
import type { ValueScale } from '@/components/chart/scale';
import { createFormats } from '@/components/format/formats';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import type { HistoryDocument } from '@/lib/history/document';
import { currencyOf, LIVE, makeGap, makeHistory, makePoint, pointsAndGaps } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));

function ticksBetween(from: string, to: string): string[] {
  const points = tradingSessions(from, to).map((session) => makePoint(session.date, '100'));
  return buildChartLayout(makeHistory({ points }), 'value', formats).dateTicks.map((tick) => tick.label);
}

const scaleOf = (history: Partial<HistoryDocument>): ValueScale =>
  buildChartLayout(makeHistory(history), 'value', formats).scale;

describe('the value axis', () => {
  test('fits what is known instead of reaching down to zero', () => {
    const { domain, ticks } = scaleOf({
      points: [makePoint('2026-11-19', '100000'), makePoint('2026-11-20', '110000')],
    });
    expect(domain[0]).toBeGreaterThan(95_000);
    expect(ticks).toEqual([100_000, 102_500, 105_000, 107_500, 110_000]);
  });

  test('without any value it has no marks, so that it claims none', () => {
    expect(scaleOf({ gaps: [makeGap('2026-11-16', '2026-11-20')] }).ticks).toEqual([]);
  });

  test('holds every value, the live one and negative ones too, with a few marks that all read differently', () => {
    fc.assert(
      fc.property(pointsAndGaps, (history) => {
        const { domain, ticks } = scaleOf({ ...history, live: LIVE });
        for (const { value } of [...history.points, LIVE]) {
          expect(Number(value)).toBeGreaterThan(domain[0]);
          expect(Number(value)).toBeLessThan(domain[1]);
        }
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(8);
        expect(new Set(formats.axisMoney(ticks)).size).toBe(ticks.length);
      }),
    );
  });
});

describe('the date axis', () => {
  test('a week names each of its days', () => {
    expect(ticksBetween('2026-11-13', '2026-11-20')).toEqual([
      'Nov 13',
      'Nov 16',
      'Nov 17',
      'Nov 18',
      'Nov 19',
      'Nov 20',
    ]);
  });

  test('a month names the beginnings of its weeks', () => {
    expect(ticksBetween('2026-10-20', '2026-11-20')).toEqual(['Oct 26', 'Nov 2', 'Nov 9', 'Nov 16']);
  });

  test('half a year names its months, and a year that begins is named by its number', () => {
    expect(ticksBetween('2026-08-20', '2027-02-19')).toEqual(['Sep', 'Oct', 'Nov', 'Dec', '2027', 'Feb']);
  });

  test('five years name their years', () => {
    expect(ticksBetween('2021-11-19', '2026-11-20')).toEqual(['2022', '2023', '2024', '2025', '2026']);
  });
});
