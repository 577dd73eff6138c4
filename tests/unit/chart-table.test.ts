import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { listRows, TABLE_COLUMNS, type TableColumn, type TableRow } from '@/components/chart/table-rows';
import { amountOf, makeGap, makeHistory, makePoint, pointsAndGaps } from '../support/chart-history';

const nameOf = (row: TableRow) => (row.type === 'gap' ? `gap ${row.band.gap.from}` : row.point.date);

const history = makeHistory({
  points: [
    makePoint('2026-11-12', '300', 'daily_eod', { twr: amountOf('0.1') }),
    makePoint('2026-11-13', '100', 'estimated'),
    makePoint('2026-11-18', '90', 'reconstructed', { twr: amountOf('0.02') }),
  ],
  gaps: [makeGap('2026-11-16', '2026-11-17')],
});

const sorted = (column: TableColumn, direction: 'ascending' | 'descending') =>
  listRows(history, { column, direction }).map(nameOf);

describe('the rows of the table', () => {
  test('stand by day, gaps among them', () => {
    expect(sorted('date', 'descending')).toEqual([
      '2026-11-18',
      'gap 2026-11-16',
      '2026-11-13',
      '2026-11-12',
    ]);
    expect(sorted('date', 'ascending')).toEqual(sorted('date', 'descending').toReversed());
  });

  test('sort amounts as numbers, not as text', () => {
    expect(sorted('value', 'ascending')).toEqual([
      '2026-11-18',
      '2026-11-13',
      '2026-11-12',
      'gap 2026-11-16',
    ]);
  });

  test('what is not known comes last, whichever way the rest is sorted', () => {
    const unknown = ['gap 2026-11-16', '2026-11-13'];
    expect(sorted('twr', 'ascending')).toEqual(['2026-11-18', '2026-11-12', ...unknown]);
    expect(sorted('twr', 'descending')).toEqual(['2026-11-12', '2026-11-18', ...unknown]);
  });

  test('sort the surest kind first or last', () => {
    expect(sorted('kind', 'ascending')).toEqual(['2026-11-12', '2026-11-18', '2026-11-13', 'gap 2026-11-16']);
  });

  test('are the same rows in every order', () => {
    fc.assert(
      fc.property(
        pointsAndGaps,
        fc.constantFrom(...TABLE_COLUMNS),
        fc.constantFrom('ascending' as const, 'descending' as const),
        (days, column, direction) => {
          const all = [
            ...days.points.map((point) => point.date),
            ...days.gaps.map((gap) => `gap ${gap.from}`),
          ];
          const rows = listRows(makeHistory(days), { column, direction });
          expect(rows.map(nameOf).toSorted()).toEqual(all.toSorted());
        },
      ),
    );
  });
});
