import { describe, expect, test } from 'vitest';
import { findKnownPart } from '@/components/chart/known-part';
import { buildChartSeries } from '@/components/chart/series';
import { stackAccounts } from '@/components/portfolio/account-stack';
import { toDate } from '@/lib/domain/trading-date';
import type { HistoryAccount, HistoryDocument } from '@/lib/history/document';
import { amountOf, makeGap, makeHistory, makePoint } from '../support/chart-history';

const account = (id: string, worth: string, changes: Partial<HistoryAccount> = {}): HistoryAccount => ({
  id,
  name: `Account ${id}`,
  institution: 'Northwind',
  currency: null,
  closedOn: null,
  brokenSince: null,
  first: null,
  last: { date: toDate('2026-11-20'), value: amountOf(worth) },
  isShown: true,
  ...changes,
});

const series = (accountId: string, days: Readonly<Record<string, string>>) => ({
  accountId,
  values: Object.entries(days).map(([date, value]) => ({ date: toDate(date), value: amountOf(value) })),
});

const partOf = (history: HistoryDocument) =>
  findKnownPart(history, buildChartSeries(history, 'value').bands, 'value');

describe('what is known while a connection is broken', () => {
  const history = makeHistory({
    points: [makePoint('2026-11-12', '150')],
    gaps: [makeGap('2026-11-13', '2026-11-18', 'connection_broken')],
    accounts: [account('a', '110'), account('b', '50')],
    split: [series('a', { '2026-11-16': '100', '2026-11-17': '110' }), series('b', { '2026-11-12': '50' })],
  });

  test('is a run of its own at its days, which names who is missing', () => {
    expect(partOf(history)).toEqual([
      [
        { index: 2, date: '2026-11-16', value: 100, without: ['Account b'] },
        { index: 3, date: '2026-11-17', value: 110, without: ['Account b'] },
      ],
    ]);
  });

  test('is interrupted where other accounts are missing, and is nothing without a missing account', () => {
    const split = [
      series('a', { '2026-11-16': '100', '2026-11-18': '100' }),
      series('b', { '2026-11-17': '50', '2026-11-18': '50' }),
    ];
    expect(partOf({ ...history, split }).map((run) => run.map(({ value }) => value))).toEqual([[100], [50]]);
  });

  test('is nothing on days that are missing for another reason, and beside another measure', () => {
    const gaps = [makeGap('2026-11-13', '2026-11-18', 'unavailable')];
    expect(partOf({ ...history, gaps })).toEqual([]);
    expect(findKnownPart(history, buildChartSeries(history, 'return').bands, 'return')).toEqual([]);
  });
});

describe('accounts on top of each other', () => {
  test('add up to the total, the largest first, with carried accounts at the value that is carried', () => {
    const { layers, days } = stackAccounts(
      makeHistory({
        points: [
          makePoint('2026-11-12', '150'),
          makePoint('2026-11-13', '160', 'estimated', {
            carried: [{ accountId: 'a', name: 'Account a', from: toDate('2026-11-12') }],
          }),
        ],
        gaps: [makeGap('2026-11-16', '2026-11-18', 'unavailable')],
        accounts: [account('a', '50'), account('b', '110'), account('c', '9', { isShown: false })],
        split: [
          series('a', { '2026-11-12': '50' }),
          series('b', { '2026-11-12': '100', '2026-11-13': '110' }),
        ],
      }),
    );
    expect(layers.map(({ name }) => name)).toEqual(['Account b, Northwind', 'Account a, Northwind']);
    expect(days).toEqual([
      { date: '2026-11-12', values: [100, 50] },
      { date: '2026-11-13', values: [110, 50] },
      { date: '2026-11-16', values: null },
    ]);
  });

  test('are six layers at most: the small ones are one together', () => {
    const ids = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    const { layers, days } = stackAccounts(
      makeHistory({
        points: [makePoint('2026-11-12', '8')],
        accounts: ids.map((id, at) => account(id, String(100 - at))),
        split: ids.map((id) => series(id, { '2026-11-12': '1' })),
      }),
    );
    expect(layers.at(-1)?.name).toBe('3 other accounts');
    expect(days[0]?.values).toEqual([1, 1, 1, 1, 1, 3]);
  });
});
