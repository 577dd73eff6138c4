import { describe, expect, it } from 'vitest';
import { backfillHref } from '@/components/backfill/address';
import {
  describeColumns,
  describeTotal,
  moveByKey,
  shortCount,
  TOTALS_ROW,
} from '@/components/coverage/grid';
import { createPlainFormats, formatShare } from '@/components/format/formats';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';

describe('keys over the grid', () => {
  const size = { rows: 100, columns: 20, pageRows: 10 };
  const press = (row: number, column: number, key: string, ctrlKey = false) =>
    moveByKey({ row, column }, { key, ctrlKey }, size);

  it('move by a square, and stop at the edges', () => {
    expect(press(5, 5, 'ArrowUp')).toEqual({ row: 4, column: 5 });
    expect(press(5, 5, 'ArrowRight')).toEqual({ row: 5, column: 6 });
    expect(press(99, 19, 'ArrowDown')).toEqual({ row: 99, column: 19 });
    expect(press(99, 19, 'ArrowRight')).toEqual({ row: 99, column: 19 });
    expect(press(5, 0, 'ArrowLeft')).toEqual({ row: 5, column: -1 });
    expect(press(5, -1, 'ArrowLeft')).toEqual({ row: 5, column: -1 });
  });

  it('move to the ends of a row, of the grid, and by a page', () => {
    expect(press(5, 5, 'Home')).toEqual({ row: 5, column: -1 });
    expect(press(5, 5, 'End')).toEqual({ row: 5, column: 19 });
    expect(press(5, 5, 'Home', true)).toEqual({ row: 0, column: -1 });
    expect(press(5, 5, 'End', true)).toEqual({ row: 99, column: 19 });
    expect(press(5, 5, 'PageDown')).toEqual({ row: 15, column: 5 });
    expect(press(5, 5, 'PageUp')).toEqual({ row: 0, column: 5 });
  });

  it('reach the totals above the first user, and come back', () => {
    expect(press(0, 5, 'ArrowUp')).toEqual({ row: TOTALS_ROW, column: 5 });
    expect(press(TOTALS_ROW, 5, 'ArrowUp')).toEqual({ row: TOTALS_ROW, column: 5 });
    expect(press(TOTALS_ROW, 5, 'ArrowRight')).toEqual({ row: TOTALS_ROW, column: 6 });
    expect(press(TOTALS_ROW, 5, 'ArrowDown')).toEqual({ row: 0, column: 5 });
    expect(press(5, 5, 'PageUp')).toEqual({ row: 0, column: 5 });
  });

  it('that mean something else move nothing', () => {
    for (const key of ['Enter', 'Tab', 'a', ' ']) expect(press(5, 5, key)).toBeNull();
  });
});

describe('the columns of the grid', () => {
  it('are headed by month and week, and know where the exchange was closed', () => {
    const days = tradingSessions('2026-11-20', '2026-12-02').map(({ date }) => date);
    const columns = describeColumns(days, createPlainFormats('en-US'));
    expect(columns.map(({ heading }) => heading)).toEqual(['Nov', '23', '', '', '', '30', 'Dec', '']);
    expect(columns.map(({ startsWeek }) => startsWeek)).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
      false,
      false,
    ]);
    // Thanksgiving; a weekend is no closure.
    expect(columns.flatMap(({ closures }) => closures)).toEqual(['2026-11-26']);
  });
});

describe('a total of a day', () => {
  const formats = createPlainFormats('en-US');
  const total = { date: toDate('2026-11-20'), expected: 1200, complete: 1100, estimated: 60 };

  it('says how many of how many are complete, and what the others are', () => {
    expect(describeTotal(total, formats)).toBe('1,100 of 1,200 users complete, 60 estimated, 40 missing');
    expect(describeTotal({ ...total, complete: 1140 }, formats)).toBe(
      '1,140 of 1,200 users complete, 60 estimated',
    );
    expect(describeTotal({ ...total, expected: 1, complete: 1, estimated: 0 }, formats)).toBe(
      '1 of 1 user complete',
    );
    expect(describeTotal({ ...total, expected: 0, complete: 0, estimated: 0 }, formats)).toBe(
      'expected of nobody',
    );
  });

  it('is short enough for a column, and never rounded up to everybody', () => {
    expect(
      [0, 999, 1000, 9999, 10_000, 99_999, 1_299_999].map((count) => shortCount(count, formats)),
    ).toEqual(['0', '999', '1k', '9.9k', '10k', '99k', '1.2M']);
    expect(shortCount(1500, createPlainFormats('de-DE'))).toBe('1,5k');
  });
});

describe('a share', () => {
  it('is rounded down, so that what is short of the target never reads like it', () => {
    expect(formatShare(9949, 10_000, 'en-US')).toBe('99.49%');
    expect(formatShare(99_499, 100_000, 'en-US')).toBe('99.49%');
    expect(formatShare(199, 200, 'en-US')).toBe('99.5%');
    expect(formatShare(10_000, 10_000, 'de-DE')).toBe('100\u00a0%');
    expect(formatShare(0.995, 1, 'en-US')).toBe('99.5%');
  });
});

describe('the way to a backfill', () => {
  it('names what it is narrowed down to and nothing else', () => {
    expect(backfillHref({})).toBe('/admin/backfill');
    const from = toDate('2026-11-02');
    expect(backfillHref({ institution: null, provider: 'snaptrade', from, to: from })).toBe(
      '/admin/backfill?provider=snaptrade&from=2026-11-02&to=2026-11-02',
    );
  });
});
