import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildChartLayout, type ChartLayout } from '@/components/chart/layout';
import { joinRuns, thinPoints } from '@/components/chart/segments';
import { createFormats } from '@/components/format/formats';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { KINDS } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';
import { amountOf, currencyOf, makeGap, makeHistory, makePoint } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));
const SESSIONS = tradingSessions('2021-11-19', '2026-11-20').map((session) => session.date);

/** Five years in stretches of days of one kind, some with a flow, and of gaps. */
const fiveYears: fc.Arbitrary<HistoryDocument> = fc
  .array(
    fc.record({
      days: fc.integer({ min: 1, max: 400 }),
      kind: fc.option(fc.constantFrom(...KINDS), { nil: null }),
      flowOn: fc.nat({ max: 400 }),
      seed: fc.integer({ min: 1, max: 1_000_000 }),
    }),
    { minLength: 3, maxLength: 20 },
  )
  .map((stretches) => {
    const points: HistoryPoint[] = [];
    const gaps: HistoryDocument['gaps'][number][] = [];
    const flows: { date: HistoryPoint['date']; amount: HistoryPoint['value'] }[] = [];
    let at = 0;
    for (const { days, kind, flowOn, seed } of stretches) {
      const dates = SESSIONS.slice(at, at + days);
      const [first, last] = [dates[0], dates.at(-1)];
      if (first === undefined || last === undefined) break;
      at += dates.length;
      if (kind === null) {
        gaps.push(makeGap(first, last));
        continue;
      }
      // A walk without a pattern that a stretch could hide.
      dates.forEach((date, day) => {
        points.push(makePoint(date, String(100_000 + ((seed * (day + 1) * 7919) % 50_000)), kind));
      });
      const flowDate = dates[flowOn];
      if (flowDate !== undefined) flows.push({ date: flowDate, amount: amountOf('500') });
    }
    return makeHistory({ points, gaps, flows });
  });

const drawnSlots = ({ segments }: ChartLayout) =>
  new Map(segments.flatMap(({ points }) => points.map((point) => [point.index, point.value])));

describe('thinning a long line', () => {
  test('changes no value and draws only days that are there', () => {
    fc.assert(
      fc.property(fiveYears, (history) => {
        const layout = buildChartLayout(history, 'value', formats);
        const dataPoints = new Map(layout.series.dataPoints.map((dataPoint) => [dataPoint.index, dataPoint]));
        for (const [index, value] of drawnSlots(layout)) {
          expect(dataPoints.get(index)).toMatchObject({ type: 'point', value });
        }
      }),
    );
  });

  test('keeps first, last, lowest and highest, every day with a flow, gap edges and changes of kind', () => {
    fc.assert(
      fc.property(fiveYears, (history) => {
        const layout = buildChartLayout(history, 'value', formats);
        const drawn = drawnSlots(layout);
        const whole = layout.series.segments;
        const ends = whole.flatMap(({ points }) => [points[0], points.at(-1)]);
        const withFlows = layout.series.dataPoints.filter(
          (dataPoint) => dataPoint.type === 'point' && dataPoint.flows.length > 0,
        );
        const isolated = new Set(layout.series.isolatedPoints.map((point) => point.index));
        for (const place of [...ends, ...withFlows]) {
          expect(place === undefined || drawn.has(place.index) || isolated.has(place.index)).toBe(true);
        }
        const values = whole.flatMap(({ points }) => points.map((point) => point.value));
        if (values.length === 0) return;
        expect(Math.min(...drawn.values())).toBe(Math.min(...values));
        expect(Math.max(...drawn.values())).toBe(Math.max(...values));
      }),
    );
  });

  test('reaches across no gap, and breaks nowhere else', () => {
    fc.assert(
      fc.property(fiveYears, (history) => {
        const { series, segments, runs } = buildChartLayout(history, 'value', formats);
        const borders = (of: readonly (readonly { index: number }[])[]) =>
          of.map((run) => [run[0]?.index, run.at(-1)?.index]);
        expect(borders(runs)).toEqual(borders(joinRuns(series.segments)));
        expect(segments.map(({ kind }) => kind)).toEqual(series.segments.map(({ kind }) => kind));
      }),
    );
  });

  test('draws five years with fewer points than a wide screen has pixels', () => {
    const points = SESSIONS.map((date, day) => makePoint(date, String(100_000 + ((day * 7919) % 997))));
    const { segments, series } = buildChartLayout(makeHistory({ points }), 'value', formats);
    expect(series.dataPoints.length).toBe(SESSIONS.length);
    expect(segments.flatMap((segment) => segment.points).length).toBeLessThan(802);
  });

  test('leaves a year as it is', () => {
    const year = Array.from({ length: 253 }, (_, index) => ({ index, value: index % 7 }));
    expect(thinPoints(year, year.length, new Set())).toEqual(year);
  });
});
