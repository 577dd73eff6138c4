import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildChartSeries, type ChartSeries, findDataPoint } from '@/components/chart/series';
import type { HistoryDocument } from '@/lib/history/document';
import { LIVE, makeGap, makeHistory, makePoint, pointsAndGaps } from '../support/chart-history';

const series = (history: Partial<HistoryDocument>) => buildChartSeries(makeHistory(history), 'value');

/** The value of each slot, as a reader finds it there; null where it is unknown. */
function valuesOf({ rows, dataPoints }: ChartSeries): (number | null)[] {
  return rows.map(({ index }) => {
    const dataPoint = dataPoints.find((each) => each.type === 'point' && each.index === index);
    return dataPoint?.type === 'point' ? dataPoint.value : null;
  });
}

describe('the shape of the line', () => {
  test('a gap is as wide as its trading days and breaks the line', () => {
    const drawn = series({
      points: [
        makePoint('2026-11-12', '100'),
        makePoint('2026-11-13', '101'),
        makePoint('2026-11-20', '103'),
      ],
      gaps: [makeGap('2026-11-16', '2026-11-19')],
      live: null,
    });
    const { rows, segments, bands } = drawn;
    expect(valuesOf(drawn)).toEqual([100, 101, null, null, null, null, 103]);
    expect(rows.map((row) => row.date).slice(2, 6)).toEqual([
      '2026-11-16',
      '2026-11-17',
      '2026-11-18',
      '2026-11-19',
    ]);
    expect(bands.map(({ from, to }) => [from, to])).toEqual([[2, 5]]);
    expect(segments.map((segment) => segment.points.map((point) => point.index))).toEqual([[0, 1]]);
  });

  test('segments of two kinds share the joint point, and a link is only as sure as its less sure end', () => {
    const { segments } = series({
      points: [
        makePoint('2026-11-12', '100', 'reconstructed'),
        makePoint('2026-11-13', '101', 'reconstructed'),
        makePoint('2026-11-16', '102'),
        makePoint('2026-11-17', '103'),
      ],
      gaps: [],
      live: null,
    });
    expect(segments.map(({ kind, points }) => [kind, points.map((point) => point.index)])).toEqual([
      ['reconstructed', [0, 1, 2]],
      ['daily_eod', [2, 3]],
    ]);
  });

  test('a day between two gaps is kept as an isolated point', () => {
    const { segments, isolatedPoints } = series({
      points: [makePoint('2026-11-17', '0', 'estimated')],
      gaps: [makeGap('2026-11-16', '2026-11-16'), makeGap('2026-11-18', '2026-11-18')],
      live: null,
    });
    expect(segments).toEqual([]);
    expect(isolatedPoints).toEqual([{ index: 1, value: 0, kind: 'estimated' }]);
  });

  test('the live value stands to the right of every day and is joined to none', () => {
    const history = { points: [makePoint('2026-11-19', '100'), makePoint('2026-11-20', '101')], gaps: [] };
    const without = series({ ...history, live: null });
    const { rows, segments, dataPoints, xDomain } = series({ ...history, live: LIVE });
    const live = dataPoints.at(-1);
    expect(live).toMatchObject({ type: 'live', value: 104.5 });
    expect(live?.index).toBeGreaterThan(1);
    expect(xDomain[1]).toBeGreaterThan(live?.index ?? Number.NaN);
    expect({ rows, segments }).toEqual({ rows: without.rows, segments: without.segments });
  });

  test('an empty history has nothing to draw and nothing to read', () => {
    expect(series({ points: [], gaps: [], live: null })).toMatchObject({
      rows: [],
      segments: [],
      dataPoints: [],
    });
  });
});

describe('for every history', () => {
  test('each point appears exactly once as a value, and no row invents one', () => {
    fc.assert(
      fc.property(pointsAndGaps, (history) => {
        const drawn = series({ ...history, live: null });
        const values = valuesOf(drawn);
        const known = drawn.rows.filter((_, at) => values[at] !== null);
        expect(known.map((row) => [row.date, values[row.index]])).toEqual(
          history.points.map((point) => [point.date, Number(point.value)]),
        );
      }),
    );
  });

  test('no value lies within a gap, and points and gaps together fill the axis', () => {
    fc.assert(
      fc.property(pointsAndGaps, (history) => {
        const drawn = series({ ...history, live: null });
        const { rows, bands } = drawn;
        const values = valuesOf(drawn);
        const inGaps = bands.flatMap((band) => rows.slice(band.from, band.to + 1));
        expect(inGaps.every((row) => values[row.index] === null)).toBe(true);
        expect(inGaps.length).toBe(history.gaps.reduce((days, gap) => days + gap.days, 0));
        expect(inGaps.length + history.points.length).toBe(rows.length);
        expect(rows.every((row, at) => row.index === at)).toBe(true);
      }),
    );
  });

  test('segments join consecutive days only, each pair once, and miss none', () => {
    fc.assert(
      fc.property(pointsAndGaps, (history) => {
        const drawn = series({ ...history, live: null });
        const { rows, segments, isolatedPoints } = drawn;
        const values = valuesOf(drawn);
        const links = segments.flatMap(({ points }) =>
          points.slice(1).map((point, at) => [points[at]?.index, point.index]),
        );
        const neighbours = rows
          .slice(1)
          .filter((row) => values[row.index] !== null && values[row.index - 1] !== null)
          .map((row) => [row.index - 1, row.index]);
        expect(links).toEqual(neighbours);
        const touched = new Set([...links.flat(), ...isolatedPoints.map((point) => point.index)]);
        expect(touched.size).toBe(history.points.length);
      }),
    );
  });

  test('the order in which points and gaps arrive does not matter', () => {
    fc.assert(
      fc.property(pointsAndGaps, (history) => {
        const reversed = { points: history.points.toReversed(), gaps: history.gaps.toReversed() };
        expect(series({ ...reversed, live: LIVE })).toEqual(series({ ...history, live: LIVE }));
      }),
    );
  });

  test('every place in a gap reads as the gap, never as a neighbouring value', () => {
    fc.assert(
      fc.property(pointsAndGaps, fc.double({ min: -0.49, max: 0.49, noNaN: true }), (history, offset) => {
        const drawn = series({ ...history, live: null });
        const { rows, dataPoints } = drawn;
        const values = valuesOf(drawn);
        for (const row of rows) {
          const dataPoint = dataPoints[findDataPoint(dataPoints, row.index + offset) ?? -1];
          expect(dataPoint?.type).toBe(values[row.index] === null ? 'gap' : 'point');
        }
      }),
    );
  });
});
