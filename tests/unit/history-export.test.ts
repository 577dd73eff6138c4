import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tradingSessions } from '@/lib/domain/nyse-calendar';
import { toDate } from '@/lib/domain/trading-date';
import { exportHistory, exportToCsv, toCsv } from '@/lib/history/export';
import {
  amountOf,
  currencyOf,
  makeGap,
  makeHistory,
  makePoint,
  pointsAndGaps,
} from '../support/chart-history';
import { readCsv } from '../support/read-history';

describe('CSV', () => {
  const column = (holds: 'text' | 'data') => [{ name: 'cell', holds }] as const;
  const [asText, asData] = [column('text'), column('data')];
  const readBack = (...cells: Parameters<typeof toCsv>) => readCsv(toCsv(...cells)).map(({ cell }) => cell);

  it('reads back as what it was, whatever is in a cell', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (cells) => {
        expect(
          readBack(
            asData,
            cells.map((cell) => [cell]),
          ),
        ).toEqual(cells);
      }),
    );
  });

  it.each([
    ['=1+2', "'=1+2"],
    ['+1', "'+1"],
    ['-2', "'-2"],
    ['@SUM(A1)', "'@SUM(A1)"],
    [' =1', " '=1"],
    ['＝1+2', "'＝1+2"],
    ['＋1', "'＋1"],
    ['－2', "'－2"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    // A spreadsheet of another language cuts the cell here, and takes what follows for one of its own.
    ['\t=1', "\t'=1"],
    ['\r\n=cmd|calc', "\r\n'=cmd|calc"],
    ['Joint;=1+2', "Joint;'=1+2"],
    ['Joint; \t＝1', "Joint; \t'＝1"],
    ['Joint|@x', "Joint|'@x"],
    ['Joint,"=1', `Joint,"'=1`],
  ])('makes a text that a spreadsheet would run harmless: %j', (text, harmless) => {
    expect(readBack(asText, [[text]])).toEqual([harmless]);
  });

  it.each([';', '\t', '|', ',', '"'])('quotes a cell that holds %j, which separates somewhere', (sign) => {
    expect(toCsv(asText, [[`a${sign}b`]])).toContain(`"a${sign === '"' ? '""' : sign}b"`);
  });

  it('begins with a byte order mark, by which Excel knows UTF-8', () => {
    expect(toCsv(asText, [['Société']]).startsWith('\uFEFFcell\r\n')).toBe(true);
  });

  it('leaves a negative number the number that it is', () => {
    expect(readBack(asData, [['-1400.25']])).toEqual(['-1400.25']);
    expect(readBack(asText, [['Joint = ours'], [null]])).toEqual(['Joint = ours', '']);
  });
});

describe('an exported history', () => {
  const NOT_KNOWN = { brokenSince: null, first: null, last: null };

  const history = makeHistory({
    currency: currencyOf('EUR'),
    dataNotice: 'Simulated values.',
    points: [
      makePoint('2026-11-13', '100', 'reconstructed', { netDeposits: amountOf('0'), twr: amountOf('0') }),
      makePoint('2026-11-17', '-12.5', 'estimated', {
        accountsPresent: 1,
        netDeposits: amountOf('3'),
        carried: [{ accountId: 'a', name: '=HYPERLINK("x")', from: toDate('2026-11-13') }],
      }),
    ],
    gaps: [makeGap('2026-11-16', '2026-11-16', 'rate_limited')],
    flows: [
      { date: toDate('2026-11-14'), amount: amountOf('5') },
      { date: toDate('2026-11-17'), amount: amountOf('-2') },
    ],
    accounts: [
      {
        id: 'a',
        name: 'IRA',
        institution: 'Broker',
        currency: null,
        closedOn: null,
        ...NOT_KNOWN,
        isShown: true,
      },
      {
        id: 'b',
        name: 'Cash',
        institution: 'Bank',
        currency: null,
        closedOn: null,
        ...NOT_KNOWN,
        isShown: false,
      },
    ],
    benchmark: {
      name: 'S&P 500',
      source: 'test',
      points: [{ date: toDate('2026-11-17'), close: amountOf('6000.5') }],
    },
  });

  it('has a row for each point and each gap in the order of days, with all that is known of it', () => {
    expect(readCsv(exportToCsv(exportHistory(history)))).toMatchObject([
      {
        row: 'value',
        date: '2026-11-13',
        through: '2026-11-13',
        value: '100',
        currency: 'EUR',
        kind: 'reconstructed',
        source: 'snaptrade',
        as_of: '2026-11-13T21:32:00.000Z',
        accounts: 'IRA at Broker',
        accounts_present: '2',
        accounts_expected: '2',
        carried_accounts: '',
        flow: '0',
        net_deposits: '0',
        time_weighted_return: '0',
        benchmark_close: '',
        gap_reason: '',
        notice: 'Simulated values.',
      },
      {
        row: 'gap',
        date: '2026-11-16',
        accounts: 'IRA at Broker',
        value: '',
        kind: '',
        flow: '',
        gap_reason: 'rate_limited',
        gap_days: '1',
      },
      {
        row: 'value',
        date: '2026-11-17',
        value: '-12.5',
        kind: 'estimated',
        accounts_present: '1',
        // What came in on the weekend belongs to the first value after it.
        flow: '3',
        net_deposits: '3',
        time_weighted_return: '',
        benchmark_close: '6000.5',
        carried_accounts: `'=HYPERLINK("x") from 2026-11-13`,
      },
    ]);
  });

  it('names the accounts that are shown and no other', () => {
    expect(exportHistory(history).accounts).toEqual([{ name: 'IRA', institution: 'Broker' }]);
  });

  it('holds every point and every missing day once, and nothing else', () => {
    fc.assert(
      fc.property(pointsAndGaps, ({ points, gaps }) => {
        const rows = readCsv(exportToCsv(exportHistory(makeHistory({ points, gaps }))));
        expect(rows.filter(({ row }) => row === 'value').map(({ date, value }) => [date, value])).toEqual(
          points.map(({ date, value }) => [date, value]),
        );
        const days = rows.flatMap(({ date = '', through = '' }) =>
          tradingSessions(date, through).map((session) => session.date),
        );
        expect(days).toEqual(days.toSorted());
        expect(new Set(days).size).toBe(days.length);
        expect(days).toHaveLength(points.length + gaps.reduce((sum, gap) => sum + gap.days, 0));
      }),
    );
  });
});
