import { describe, expect, test } from 'vitest';
import { describeRange, readRange, speakRange } from '@/components/chart/range-reading';
import { buildChartSeries } from '@/components/chart/series';
import { createFormats } from '@/components/format/formats';
import type { Kind } from '@/lib/domain/states';
import type { HistoryDocument, HistoryPoint } from '@/lib/history/document';
import { amountOf, currencyOf, LIVE, makeGap, makeHistory, makePoint } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));

function day(
  date: string,
  value: string,
  netDeposits: string | null,
  twr: string | null,
  kind: Kind = 'daily_eod',
): HistoryPoint {
  return makePoint(date, value, kind, {
    netDeposits: netDeposits === null ? null : amountOf(netDeposits),
    twr: twr === null ? null : amountOf(twr),
  });
}

const dataPointsOf = (history: Partial<HistoryDocument>) =>
  buildChartSeries(makeHistory(history), 'value').dataPoints;

const WEEK = [
  day('2026-11-16', '1000.10', '0', '0'),
  day('2026-11-17', '1100', '0', '0.1'),
  day('2026-11-18', '1600.05', '500', '0.1'),
  day('2026-11-19', '1760', '500', '0.21'),
];

describe('a range of days', () => {
  test('tells change, market change, net deposits and the return of these days alone', () => {
    expect(readRange(dataPointsOf({ points: WEEK }), 1, 3)).toEqual({
      from: '2026-11-17',
      to: '2026-11-19',
      valueChange: '660',
      netDeposits: '500',
      marketChange: '160',
      twr: '0.1',
    });
  });

  test('reads the same whichever end it was begun at', () => {
    const dataPoints = dataPointsOf({ points: WEEK });
    expect(readRange(dataPoints, 3, 0)).toEqual(readRange(dataPoints, 0, 3));
    expect(readRange(dataPoints, 0, 3)?.valueChange).toBe('759.9');
  });

  test('one day is no range, and the live value belongs to none', () => {
    const dataPoints = dataPointsOf({ points: WEEK, live: LIVE });
    expect(readRange(dataPoints, 2, 2)).toBeNull();
    expect(readRange(dataPoints, 3, 4)).toBeNull();
    expect(readRange(dataPoints, 2, 4)).toMatchObject({ from: '2026-11-18', to: '2026-11-19' });
  });

  test('may begin or end in a gap, whose days then count, and whose values nobody knows', () => {
    const dataPoints = dataPointsOf({
      points: WEEK.slice(0, 2),
      gaps: [makeGap('2026-11-18', '2026-11-20')],
    });
    expect(readRange(dataPoints, 0, 2)).toMatchObject({ to: '2026-11-20', valueChange: '99.9', twr: '0.1' });
    expect(readRange(dataPoints, 1, 2)).toMatchObject({
      valueChange: null,
      netDeposits: null,
      marketChange: null,
      twr: null,
    });
  });

  test('an estimated end enters no figure: all run between the whole days within', () => {
    const points = [...WEEK.slice(0, 3), day('2026-11-19', '5', '500', null, 'estimated')];
    expect(readRange(dataPointsOf({ points }), 0, 3)).toMatchObject({ valueChange: '599.95', twr: '0.1' });
    expect(readRange(dataPointsOf({ points }), 2, 3)).toMatchObject({ valueChange: '-1595.05', twr: null });
  });

  test('unknown deposits are not taken for none', () => {
    const points = [day('2026-11-16', '1', null, null), day('2026-11-17', '2', null, null)];
    const range = readRange(dataPointsOf({ points }), 0, 1);
    expect(range).toMatchObject({ valueChange: '1', netDeposits: null, marketChange: null });
    expect(range === null ? null : describeRange(range, formats).figures).toEqual([
      { label: 'Change', value: '+$1.00' },
      { label: 'Market change', value: 'not known' },
      { label: 'Net deposits', value: 'not known' },
      { label: 'Return', value: 'not known' },
    ]);
  });

  test('is announced with how it is shown', () => {
    const range = readRange(dataPointsOf({ points: WEEK }), 1, 3);
    expect(range === null ? null : speakRange(range, formats)).toBe(
      'Nov 17 – 19, 2026. Change +$660.00. Market change +$160.00. Net deposits +$500.00. ' +
        'Return +10.00%. Enter shows this range',
    );
  });
});
