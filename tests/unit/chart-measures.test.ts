import { describe, expect, test } from 'vitest';
import { compareWithBenchmark } from '@/components/chart/comparison';
import { readDataPoint, speakReading } from '@/components/chart/data-points';
import { summarizeHistory } from '@/components/chart/descriptions';
import { buildChartLayout } from '@/components/chart/layout';
import { buildChartSeries } from '@/components/chart/series';
import { createFormats } from '@/components/format/formats';
import type { Measure } from '@/lib/domain/states';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { amountOf, currencyOf, LIVE, makeGap, makeHistory, makePoint } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));

const HISTORY = makeHistory({
  points: [
    makePoint('2026-11-16', '1000', 'daily_eod', {
      twr: amountOf('0'),
      drawdown: amountOf('0'),
      netDeposits: amountOf('0'),
    }),
    makePoint('2026-11-17', '1600', 'daily_eod', {
      twr: amountOf('0.1'),
      drawdown: amountOf('0'),
      netDeposits: amountOf('500'),
    }),
    makePoint('2026-11-18', '1500', 'estimated', { netDeposits: amountOf('500') }),
    makePoint('2026-11-19', '1440', 'daily_eod', {
      twr: amountOf('-0.01'),
      drawdown: amountOf('-0.1'),
      netDeposits: amountOf('500'),
    }),
  ],
  flows: [{ date: toDate('2026-11-17'), amount: amountOf('500') }],
  benchmark: {
    name: 'S&P 500',
    source: 'Replayed closes',
    points: [
      { date: toDate('2026-11-16'), close: amountOf('4000') },
      { date: toDate('2026-11-17'), close: amountOf('4200') },
      { date: toDate('2026-11-19'), close: amountOf('3800') },
    ],
  },
  live: LIVE,
});

const draw = (measure: Measure, changes: Partial<HistoryDocument> = {}) =>
  buildChartLayout({ ...HISTORY, ...changes }, measure, formats);

function say(measure: Measure, at: number, changes: Partial<HistoryDocument> = {}): string {
  const layout = draw(measure, changes);
  const dataPoint = layout.series.dataPoints[at];
  if (dataPoint === undefined) throw new Error('nothing to read');
  return speakReading(readDataPoint(dataPoint, layout, formats));
}

describe('the return', () => {
  test('breaks at estimated days, which have none', () => {
    const { segments, series } = draw('return');
    expect(segments.map(({ points }) => points.map((point) => point.index))).toEqual([[0, 1]]);
    expect(series.isolatedPoints.map((point) => point.index)).toEqual([3]);
    expect(say('return', 2)).toContain('No return. Estimated');
  });

  test('is read as a percentage beside the value, and drawn around zero', () => {
    expect(say('return', 1)).toContain('+10.00%. Recorded at close. Value $1,600.00');
    const { scale, valueLabels } = draw('return');
    expect(scale.domain[0]).toBeLessThan(-0.01);
    expect(scale.domain[1]).toBeGreaterThan(0.1);
    expect(valueLabels.every((label) => label.endsWith('%'))).toBe(true);
  });

  test('knows no live value, which is no return', () => {
    expect(draw('return').series.dataPoints.some((dataPoint) => dataPoint.type === 'live')).toBe(false);
    expect(draw('deposits').series.dataPoints.some((dataPoint) => dataPoint.type === 'live')).toBe(true);
  });
});

describe('net deposits against value', () => {
  test('put in is the first value and what came after it', () => {
    expect(
      draw('deposits')
        .paidIn.flat()
        .map(({ value, paidIn }) => [value, paidIn]),
    ).toEqual([
      [1000, 1000],
      [1600, 1500],
      [1500, 1500],
      [1440, 1500],
    ]);
    expect(draw('deposits').gainAreas.map((area) => area.side)).toEqual(['gain', 'loss']);
  });

  test('gain and loss are said in words', () => {
    expect(say('deposits', 1)).toContain('Money invested $1,500.00. Gain $100.00. $500.00 deposited');
    expect(say('deposits', 3)).toContain('Money invested $1,500.00. Loss $60.00');
  });

  test('unknown deposits draw no line', () => {
    const points = HISTORY.points.map((point) => ({ ...point, netDeposits: null }));
    expect(draw('deposits', { points }).paidIn).toEqual([]);
    expect(say('deposits', 1, { points })).toContain('We don’t know the money invested');
  });
});

describe('the drawdown', () => {
  test('reads as the fall from the highest day before', () => {
    expect(say('drawdown', 3)).toContain('-10.00%. Recorded at close. Value $1,440.00');
    expect(draw('drawdown').scale.domain[1]).toBeGreaterThan(0);
  });
});

describe('the benchmark', () => {
  const placed = (measure: Measure, changes: Partial<HistoryDocument> = {}) =>
    draw(measure, changes).benchmark?.points.map(({ index, value }) => [index, Number(value.toFixed(6))]);

  test('starts at the first trusted value and gets the same deposits, or at zero beside returns', () => {
    expect(placed('value')).toEqual([
      [0, 1000],
      [1, 1550],
      [3, 1402.380952],
    ]);
    expect(placed('return')).toEqual([
      [0, 0],
      [1, 0.05],
      [3, -0.05],
    ]);
  });

  test('invests what moves on a day without a close at the next one, and takes withdrawals out', () => {
    const flows = [
      { date: toDate('2026-11-18'), amount: amountOf('500') },
      { date: toDate('2026-11-19'), amount: amountOf('-250') },
    ];
    expect(placed('value', { flows })?.at(-1)).toEqual([3, 1200]);
  });

  test('is not drawn beside values while deposits are not known', () => {
    expect(placed('value', { flows: null })).toBeUndefined();
    expect(placed('return', { flows: null })).toHaveLength(3);
  });

  test('is compared in figures: you, the index, and who is ahead by how much', () => {
    const compare = (measure: Measure, changes: Partial<HistoryDocument> = {}) =>
      compareWithBenchmark({ ...HISTORY, ...changes }, measure, formats);
    expect(compare('value')).toBe('You $1,440.00, S&P 500 $1,402.38: ahead by $37.62 on Nov 19, 2026');
    expect(compare('return')).toBe('You -1.00%, S&P 500 -5.00%: ahead by 4.00 points on Nov 19, 2026');
    // An estimated day is compared with nothing.
    const estimated = HISTORY.points.map((point, at) =>
      at === 3 ? { ...point, kind: 'estimated' as const, twr: null } : point,
    );
    expect(compare('value', { points: estimated })).toContain('ahead by $50.00 on Nov 17, 2026');
    expect(compare('drawdown')).toBeNull();
    expect(compare('value', { benchmark: null })).toBeNull();
  });

  test('starts no earlier than the first trusted day', () => {
    const points = HISTORY.points.map((point, at) =>
      at === 0 ? { ...point, kind: 'estimated' as const } : point,
    );
    expect(placed('value', { points })?.[0]).toEqual([1, 1600]);
  });

  test('is not drawn where it means nothing, and is read beside the day where it does', () => {
    expect(placed('deposits')).toBeUndefined();
    expect(placed('drawdown')).toBeUndefined();
    expect(say('value', 1)).toContain('S&P 500 $1,550.00');
    expect(say('return', 1)).toContain('S&P 500 +5.00%');
    expect(say('value', 2)).not.toContain('S&P 500');
  });
});

describe('what changed', () => {
  test('is read since the day before and since the start, with the return beside it where that is known', () => {
    expect(say('value', 0)).not.toMatch(/change|Since/);
    expect(say('value', 1)).toContain(
      'Day’s change +$600.00, return +10.00%. Since Nov 16, 2026 +$600.00, return +10.00%',
    );
    // An estimated day has no return, nor has the change from it.
    expect(say('value', 3)).toContain('Day’s change -$60.00. Since Nov 16, 2026 +$440.00, return -1.00%');
  });

  test('since a gap is no day’s change', () => {
    const [first, , , last] = HISTORY.points;
    if (first === undefined || last === undefined) throw new Error('no points');
    const gaps = [makeGap('2026-11-17', '2026-11-18')];
    expect(say('value', 2, { points: [first, last], gaps })).not.toContain('Day’s change');
    expect(say('value', 2, { points: [first, last], gaps })).toContain('Since Nov 16, 2026 +$440.00');
  });

  test('and the highest, the lowest and the last value are labelled where there are days enough', () => {
    const extremes = (values: readonly string[]) =>
      draw('value', {
        points: values.map((value, at) => makePoint(`2026-11-${16 + at}`, value)),
      }).extremes.map(({ name, index, label }) => [name, index, label]);
    expect(extremes(['100', '130', '90', '110', '120.4'])).toEqual([
      ['high', 1, '$130'],
      ['low', 2, '$90'],
      ['last', 4, '$120'],
    ]);
    expect(extremes(['100', '110', '120', '130', '140'])).toEqual([
      ['low', 0, '$100'],
      ['last', 4, '$140'],
    ]);
    expect(extremes(['100', '130', '90'])).toEqual([]);
  });
});

describe('what happened on a day', () => {
  const correction = {
    id: 1,
    date: toDate('2026-11-19'),
    oldValue: amountOf('1400'),
    oldKind: 'estimated' as const,
    newValue: amountOf('1440'),
    newKind: 'daily_eod' as const,
    reason: 'better observation' as const,
    changedAt: toInstant('2026-11-20T14:00:00Z'),
  };

  test('a correction is read on its day, with what the value was', () => {
    expect(say('value', 3, { corrections: [correction] })).toContain(
      'Corrected Nov 20, 2026, 09:00 ET: was $1,400.00, estimated',
    );
    expect(say('value', 1, { corrections: [correction] })).not.toContain('Corrected');
  });

  test('a withdrawn day is read in its gap', () => {
    const gaps = [makeGap('2026-11-20', '2026-11-20')];
    const withdrawn = { ...correction, date: toDate('2026-11-20'), newValue: null, newKind: null };
    expect(say('value', 4, { gaps, corrections: [withdrawn] })).toContain('Removed Nov 20, 2026, 09:00 ET');
  });

  test('money that moved on a weekend shows on the next day, and money from before the range on none', () => {
    const flows = [
      { date: toDate('2026-11-14'), amount: amountOf('7') },
      { date: toDate('2026-11-18'), amount: amountOf('-9000') },
    ];
    const points = HISTORY.points.filter((point) => point.date !== '2026-11-18');
    const { dataPoints } = buildChartSeries({ ...HISTORY, points, flows }, 'value');
    expect(dataPoints.map((dataPoint) => (dataPoint.type === 'point' ? dataPoint.flows.length : 0))).toEqual([
      0, 0, 1, 0,
    ]);
    expect(say('value', 2, { points, flows })).toContain('$9,000.00 withdrawn');
  });

  test('what came and what went are told apart, each as one sum', () => {
    const flows = ['500', '500', '-9000'].map((amount) => ({
      date: toDate('2026-11-17'),
      amount: amountOf(amount),
    }));
    expect(say('value', 1, { flows })).toContain('$1,000.00 deposited. $9,000.00 withdrawn');
  });
});

describe('since the last close', () => {
  const at = (time: string) => toInstant(`2026-11-20T${time}:00Z`);
  const intraday = ['14:30', '16:30', '18:30'].map((time, step) => ({
    at: at(time),
    value: amountOf(String(1440 + step)),
  }));
  const today = {
    intraday,
    live: { ...LIVE, asOf: at('19:00') },
    market: { isOpen: true, changesAt: at('21:00') },
  };

  test('instants stand apart from the days, true to time, with room for the rest of the session', () => {
    const { dataPoints, todayFrom, rows, xDomain } = draw('value', today).series;
    const seen = dataPoints
      .filter((dataPoint) => dataPoint.type === 'today')
      .map((dataPoint) => dataPoint.index);
    expect(todayFrom).toBeGreaterThan(rows.length - 1);
    expect(seen[0]).toBeGreaterThan(todayFrom ?? Number.NaN);
    expect((seen[2] ?? 0) - (seen[1] ?? 0)).toBeCloseTo((seen[1] ?? 0) - (seen[0] ?? 0));
    // Four hours of six and a half have passed at the last instant.
    expect(((seen[2] ?? 0) - (seen[0] ?? 0)) / rows.length).toBeCloseTo(4 / 6.5);
    expect(dataPoints.at(-1)?.type).toBe('live');
    expect(xDomain[1] - (dataPoints.at(-1)?.index ?? 0)).toBeGreaterThan(rows.length * (2 / 6.5));
  });

  test('they are read with their time, and are no days', () => {
    expect(say('value', 4, today)).toBe(
      'Nov 20, 2026, 09:30 ET. $1,440.00. Today so far. Not a closing value yet',
    );
    expect(draw('value', today).segments).toEqual(draw('value').segments);
  });
});

describe('the summary for screen readers', () => {
  const summary = {
    ...HISTORY.summary,
    twr: amountOf('-0.01'),
    mwr: amountOf('0.02'),
    netDeposits: amountOf('500'),
    marketChange: amountOf('-60'),
    maxDrawdown: amountOf('-0.1'),
  };
  const tell = (measure: Measure) => summarizeHistory({ ...HISTORY, summary }, measure, formats);

  test('names the measure and its figure', () => {
    expect(tell('return')).toMatch(
      /^Return, Oct 20 – Nov 20, 2026: .*time-weighted -1\.00%, money-weighted \+2\.00%/,
    );
    expect(tell('deposits')).toContain('net deposits +$500.00, market change -$60.00');
    expect(tell('drawdown')).toContain('largest drop -10.00%');
  });
});
