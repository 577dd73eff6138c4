import { describe, expect, test } from 'vitest';
import { type DataPoint, readDataPoint, speakReading } from '@/components/chart/data-points';
import { describeEmptyRange, summarizeHistory } from '@/components/chart/descriptions';
import { buildChartSeries } from '@/components/chart/series';
import { createFormats } from '@/components/format/formats';
import { describeChange } from '@/components/portfolio/value-change';
import { toDate, toInstant } from '@/lib/domain/trading-date';
import type { HistoryDocument } from '@/lib/history/document';
import { amountOf, currencyOf, LIVE, makeGap, makeHistory, makePoint } from '../support/chart-history';

const formats = createFormats('en-US', currencyOf('USD'));

function read(history: Partial<HistoryDocument>, brokerages = ['Northwind Brokerage']): string {
  const dataPoint: DataPoint | undefined = buildChartSeries(makeHistory(history), 'value').dataPoints[0];
  if (dataPoint === undefined) throw new Error('nothing to read');
  return speakReading(
    readDataPoint(
      dataPoint,
      { measure: 'value', first: null, benchmark: null, brokerages, knownPart: [], notes: new Map() },
      formats,
    ),
  );
}

describe('reading a data point', () => {
  test('a captured day says its value, how it is known, its brokerage and its as-of in New York', () => {
    expect(read({ points: [makePoint('2026-11-20', '1234.5')] })).toBe(
      'Friday, November 20, 2026. $1,234.50. Recorded at close. Northwind Brokerage, as of 16:32 ET',
    );
  });

  test('brokerages are called by their own names, or counted, and a statement is called one', () => {
    const point = makePoint('2026-11-20', '1234.5', 'estimated', { source: 'snaptrade,statement' });
    expect(read({ points: [point] }, ['Northwind', 'Summit'])).toContain(
      'Northwind, Summit, Your statement, as',
    );
    expect(read({ points: [point] }, ['A', 'B', 'C'])).toContain('3 brokerages, Your statement, as of');
    expect(read({ points: [{ ...point, source: 'statement' }] })).toContain('. Your statement, as of');
    expect(read({ points: [{ ...point, source: 'estimate' }] })).toContain(
      'Estimated: from your holdings and closing prices',
    );
  });

  test('an estimated day names the account that is carried, since when, and what is missing', () => {
    const carried = [{ accountId: 'a', name: 'IRA', from: toDate('2026-11-12') }];
    const point = makePoint('2026-11-13', '10', 'estimated', { accountsPresent: 1, carried });
    expect(read({ points: [point] })).toContain('Estimated: IRA as of Nov 12. 1 of 2 accounts.');
  });

  test('a gap has no value, but a reason and a next attempt', () => {
    const gap = makeGap('2026-11-16', '2026-11-19', 'unavailable', {
      nextAttemptAt: toInstant('2026-11-21T01:30:00Z'),
    });
    const words = read({ gaps: [gap] });
    expect(words).toContain('no value for 4 trading days');
    expect(words).toContain('Next attempt Nov 20, 2026, 20:30 ET');
    expect(words).not.toContain('$');
  });

  test('a broken connection waits for its owner, whenever we look at it again', () => {
    const gap = makeGap('2026-11-16', '2026-11-19', 'connection_broken', {
      nextAttemptAt: toInstant('2026-11-21T01:30:00Z'),
    });
    expect(read({ gaps: [gap] })).toContain('We’ll try again after the reconnect');
    expect(read({ gaps: [gap] })).not.toContain('Next attempt');
  });

  test('a final gap promises no further attempt', () => {
    const gap = makeGap('2026-11-16', '2026-11-16', 'gave_up', { final: true });
    expect(read({ gaps: [gap] })).toContain('It can’t be recovered');
  });

  test('a value after the last day is live while the market is open, else read last, and not a day yet', () => {
    const market = { isOpen: true, changesAt: toInstant('2026-11-20T21:00:00Z') };
    expect(read({ live: LIVE, market })).toMatch(/^Live\. \$104\.50\. Today so far, not a closing value yet/);
    expect(read({ live: LIVE })).toMatch(/^Last read\. \$104\.50\. Today so far, not a closing value yet/);
  });
});

describe('summing up', () => {
  test('the summary tells both ends and how many days are missing', () => {
    const history = makeHistory({
      points: [makePoint('2026-11-20', '110'), makePoint('2026-11-12', '100')],
      coverage: { expectedDays: 7, presentDays: 2, byKind: { daily_eod: 2, reconstructed: 0, estimated: 0 } },
    });
    expect(summarizeHistory(history, 'value', formats)).toBe(
      'Portfolio value, Oct 20 – Nov 20, 2026: from $100.00 on Nov 12, 2026 to $110.00 on Nov 20, 2026. ' +
        'We have no value for 5 trading days.',
    );
  });
});

describe('a range without days', () => {
  const describeRange = (from: string, to: string) =>
    describeEmptyRange(makeHistory({ from: toDate(from), to: toDate(to) }), formats);

  test('before the history is said by when that begins', () => {
    expect(describeRange('2024-10-01', '2024-11-18')).toBe('Your history begins Nov 19, 2024');
  });

  test('on a weekend or a holiday is a closed market, and an unfinished day is no closed one', () => {
    expect(describeRange('2026-11-14', '2026-11-15')).toBe(
      'Market closed: no trading day, Nov 14 – 15, 2026',
    );
    expect(describeRange('2025-12-25', '2025-12-25')).toBe('Market closed: no trading day, Dec 25, 2025');
    expect(describeRange('2026-11-23', '2026-11-23')).toBe('No trading day has closed yet, Nov 23, 2026');
  });

  test('needs no words when there is a value or a gap', () => {
    expect(describeEmptyRange(makeHistory({ points: [makePoint('2026-11-20', '1')] }), formats)).toBeNull();
    expect(
      describeEmptyRange(makeHistory({ gaps: [makeGap('2026-11-20', '2026-11-20')] }), formats),
    ).toBeNull();
  });
});

describe('the change over a period', () => {
  const changed = (netDeposits: string | null) =>
    describeChange({
      valueChange: amountOf('10'),
      netDeposits: netDeposits === null ? null : amountOf(netDeposits),
      twr: amountOf('0.1'),
    });

  test('carries its return when the market alone moved it', () => {
    expect(changed('0')).toEqual({ change: '10', direction: 'up', isMarketOnly: true, share: '0.1' });
  });

  test('a deposit never reads as a gain', () => {
    expect(changed('10')).toMatchObject({ isMarketOnly: false, share: null });
  });

  test('unknown deposits are not taken for none', () => {
    expect(changed(null)).toMatchObject({ isMarketOnly: false, share: null });
  });
});
